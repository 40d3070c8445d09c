import type { JsonObject } from "../base/json.ts";
import type { Instant } from "../base/units.ts";

/** Names one feature of one thing: `<thing>/<feature>`. */
export type FeatureKey = `${string}/${string}`;
export const featureKey = (thing: string, feature: string): FeatureKey => `${thing}/${feature}`;

/** What a reconciler says about a feature. */
export interface FeatureStatus {
  readonly text: string;
  readonly indicator: "idle" | "in_progress" | "error" | "unspecified";
  readonly at: Instant;
}

/** One feature as it stands. Documents are replaced, never changed in place. */
export interface FeatureTwin {
  readonly thing: string;
  readonly feature: string;
  /** +1 with every committed change of the document. */
  readonly rev: number;
  /** `rev` at the last change of `desired`; 0 when there never was one. */
  readonly desiredRev: number;
  /** The last `desiredRev` that the executor confirmed. */
  readonly observedRev: number;
  readonly desired?: JsonObject;
  readonly reported?: JsonObject;
  readonly status?: FeatureStatus;
}
