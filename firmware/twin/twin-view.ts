import type { JsonObject } from "../../shared/base/json.ts";
import type { RetainedView } from "../../shared/broker/ports.ts";
import { buildTopic, parseTopic } from "../../shared/broker/topic.ts";
import { type FeatureKey, type FeatureTwin, featureKey } from "../../shared/twin/feature-twin.ts";
import type { TwinStore } from "../../shared/twin/ports.ts";

export interface TwinViewParts {
  readonly store: Pick<TwinStore, "get" | "list">;
  /** Physical units by feature, shown beside reported values. */
  readonly units: ReadonlyMap<FeatureKey, string>;
}

/** The retained `reported` and `desired` topics, made from the twins when somebody subscribes: what is kept once cannot disagree with itself. */
export class TwinView implements RetainedView {
  readonly #parts: TwinViewParts;

  constructor(parts: TwinViewParts) {
    this.#parts = parts;
  }

  owns(topic: string): boolean {
    const address = parseTopic(topic);
    return address?.kind === "twin" && address.part !== "set";
  }

  *messages(): Iterable<{ readonly topic: string; readonly payload: Uint8Array }> {
    for (const twin of this.#parts.store.list()) {
      for (const part of ["reported", "desired"] as const) {
        const payload = this.payload(twin, part);
        if (payload !== undefined) yield { topic: twinTopic(twin, part), payload };
      }
    }
  }

  message(topic: string): Uint8Array | undefined {
    const address = parseTopic(topic);
    if (address?.kind !== "twin" || address.part === "set") return undefined;
    const twin = this.#parts.store.get(featureKey(address.thing, address.feature));
    return twin === undefined ? undefined : this.payload(twin, address.part);
  }

  /** What stands on the feature's topic, or `undefined` when that part of the twin is empty. */
  payload(twin: FeatureTwin, part: "reported" | "desired"): Uint8Array | undefined {
    const document = part === "reported" ? this.#reported(twin) : twin.desired;
    return document === undefined ? undefined : Buffer.from(JSON.stringify(document));
  }

  #reported(twin: FeatureTwin): JsonObject | undefined {
    const unit = this.#parts.units.get(featureKey(twin.thing, twin.feature));
    return twin.reported === undefined || unit === undefined ? twin.reported : { ...twin.reported, unit };
  }
}

/** The topic of one side of a twin. */
export function twinTopic(twin: { readonly thing: string; readonly feature: string }, part: "reported" | "desired"): string {
  return buildTopic({ kind: "twin", thing: twin.thing, feature: twin.feature, part });
}
