import type { Sample } from "../../shared/acquisition/sample.ts";
import type { JsonObject } from "../../shared/base/json.ts";
import { encodeFeatureParts } from "../../shared/twin/feature-document.ts";
import type { FeatureKey, FeatureStatus, FeatureTwin } from "../../shared/twin/feature-twin.ts";
import { reportedOf, reportedText } from "../../shared/twin/reported-sample.ts";

/** Which parts of a feature differ from what is on disk. */
export const Part = { desired: 1, reported: 2, status: 4, times: 8, rest: 16 } as const;

/** What others want of a feature and say about it. Replaced, never changed. */
export interface Intent {
  readonly desired: JsonObject | undefined;
  /** `desired` as JSON, so that it is written once however often samples are. */
  readonly desiredText: string | undefined;
  readonly desiredRev: number;
  readonly observedRev: number;
  readonly status: FeatureStatus | undefined;
  readonly statusText: string | undefined;
}

export const noIntent: Intent = {
  desired: undefined,
  desiredText: undefined,
  desiredRev: 0,
  observedRev: 0,
  status: undefined,
  statusText: undefined,
};

/** A caller that waits for the disk. */
export interface Waiter {
  done(twin: FeatureTwin): void;
  failed(error: Error): void;
}

/** One feature in memory. Samples are kept as they came; documents are made of them when somebody asks. */
export class TwinSlot {
  readonly key: FeatureKey;
  readonly thing: string;
  readonly feature: string;
  rev = 0;
  intent: Intent = noIntent;
  /** The intent that is on disk, which a failed write falls back to; `undefined` while the feature never was there. */
  keptIntent: Intent | undefined = undefined;
  sample: Sample | undefined = undefined;
  /** `reported` as found on disk, until the first sample. */
  loaded: JsonObject | undefined = undefined;
  /** The `Part`s that wait to be written. */
  dirty = 0;
  /** Newer times than those on disk, and nothing else new. */
  aged = false;
  removed = false;
  inUrgent = false;
  inChanged = false;
  waiters: Waiter[] | undefined = undefined;
  #twin: FeatureTwin | undefined = undefined;

  constructor(key: FeatureKey, thing: string, feature: string) {
    this.key = key;
    this.thing = thing;
    this.feature = feature;
  }

  /** Takes over a document from disk. */
  load(twin: FeatureTwin): void {
    const { desired, status } = twin;
    this.rev = twin.rev;
    this.loaded = twin.reported;
    this.intent = {
      desired,
      desiredText: desired === undefined ? undefined : JSON.stringify(desired),
      desiredRev: twin.desiredRev,
      observedRev: twin.observedRev,
      status,
      statusText: status === undefined ? undefined : JSON.stringify(status),
    };
    this.keptIntent = this.intent;
  }

  /** Forgets the document made last; to be called after every change. */
  changed(): void {
    this.#twin = undefined;
  }

  get twin(): FeatureTwin {
    this.#twin ??= this.#makeTwin();
    return this.#twin;
  }

  /** What others hear when the feature is gone: the same feature with nothing in it, one revision on. */
  get emptyTwin(): FeatureTwin {
    const { thing, feature, intent } = this;
    return { thing, feature, rev: this.rev, desiredRev: intent.desiredRev, observedRev: intent.observedRev };
  }

  /** The stored form as of now. */
  encode(): string {
    const { desiredRev, observedRev, desiredText, statusText } = this.intent;
    const reported =
      this.sample !== undefined ? reportedText(this.sample) : this.loaded === undefined ? undefined : JSON.stringify(this.loaded);
    return encodeFeatureParts(this.key, { rev: this.rev, desiredRev, observedRev, desired: desiredText, reported, status: statusText });
  }

  #makeTwin(): FeatureTwin {
    const { thing, feature, rev } = this;
    const { desired, desiredRev, observedRev, status } = this.intent;
    const reported = this.sample === undefined ? this.loaded : reportedOf(this.sample);
    if (desired === undefined && status === undefined && reported !== undefined) {
      return { thing, feature, rev, desiredRev, observedRev, reported };
    }
    return {
      thing,
      feature,
      rev,
      desiredRev,
      observedRev,
      ...(desired !== undefined && { desired }),
      ...(reported !== undefined && { reported }),
      ...(status !== undefined && { status }),
    };
  }
}
