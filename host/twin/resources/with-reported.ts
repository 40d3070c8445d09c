import type { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { History } from "../../../shared/twin/store-ports.ts";

/** A feature as it is shown: what a board samples is reported by its newest reading. */
export function withReported(history: Pick<History, "latest">, feature: FeatureOfThing): FeatureOfThing {
  if (feature.owner !== "board") return feature;
  const reading = history.latest(feature.thing, feature.id);
  if (reading === undefined) return feature;
  const { value, quality, source, received, reason } = reading;
  return { ...feature, reported: { value, quality, source, received, ...(reason !== undefined && { reason }) } };
}
