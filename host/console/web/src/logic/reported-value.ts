import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { LiveReading } from "../data/gateway-types.ts";
import { isQuality } from "./known-quality.ts";

/** The newest sample that a feature's document carries, where it is one that a board samples. */
export function reportedReading(feature: FeatureOfThing): LiveReading | undefined {
  const { reported } = feature;
  if (reported === undefined || !("quality" in reported)) return undefined;
  const { value, quality, source, received, reason } = reported;
  if (!isQuality(quality) || typeof source !== "number") return undefined;
  return {
    thing: feature.thing,
    feature: feature.id,
    value,
    quality,
    source,
    received: typeof received === "number" ? received : source,
    ...(typeof reason === "string" && { reason }),
  };
}
