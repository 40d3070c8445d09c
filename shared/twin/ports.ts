import type { Sample } from "../acquisition/sample.ts";
import type { JsonValue } from "../base/json.ts";
import type { MetricSource } from "../base/metric.ts";
import type { FeatureKey, FeatureStatus, FeatureTwin } from "./feature-twin.ts";

/** What changed in one commit: the new document and which parts differ from the one before. */
export interface TwinChange {
  readonly twin: FeatureTwin;
  readonly desired: boolean;
  readonly reported: boolean;
  readonly status: boolean;
}

/** Twins of a board. All of them are in memory; the adapter decides what outlives the process. */
export interface TwinStore extends MetricSource {
  /** The feature now, uncommitted changes included. */
  get(key: FeatureKey): FeatureTwin | undefined;
  /** All features in key order, or those of one thing. */
  list(thing?: string): Iterable<FeatureTwin>;
  /**
   * Sets `reported` from a sample. Costs no I/O: the newest sample of a feature is written with the next group commit when its value or quality
   * changed; a sample that only renews the times is written with the slower refresh. NOT durable when this returns.
   * @throws {TwinStoreFull} a feature too many
   */
  report(sample: Sample): void;
  /**
   * Merges into `desired` (RFC 7396); `desiredRev` moves to the new `rev`. Resolves when the change is on disk.
   * @throws {TwinStoreFull} {TwinTooLarge} {TwinStoreClosed} {TwinStoreFailed}
   */
  patchDesired(key: FeatureKey, patch: JsonValue): Promise<FeatureTwin>;
  /** Sets `status` and, when given, `observedRev`. Resolves when the change is on disk. */
  putStatus(key: FeatureKey, status: FeatureStatus, observedRev?: number): Promise<FeatureTwin>;
  /** Removes the feature. Resolves when the change is on disk. */
  remove(key: FeatureKey): Promise<void>;
  /** Calls `listener` after each commit with all that it made durable, in order. The returned function ends it. */
  onCommit(listener: (changes: readonly TwinChange[]) => void): () => void;
  /** Writes all that is pending and resolves when it is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
