import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";

/** Counters only ever grow: they tell least of all at a glance. */
const counters: readonly string[] = ["W.h", "kW.h", "s", "h", "m3"];

/** How well a feature tells at a glance how its thing is; smaller is better. */
function rank({ traits, owner }: FeatureOfThing): number {
  if (owner !== "board") return 9;
  if (traits.type === "list" || traits.type === "object") return 8;
  if (traits.type === "number" && traits.unit !== undefined) return traits.writable === true ? 4 : counters.includes(traits.unit) ? 6 : 1;
  if (traits.type === "boolean") return traits.writable === true ? 2 : 5;
  return traits.type === "number" ? 6 : 7;
}

/** The few features that stand for a thing in lists, in the order that its board names them within their sort. */
export function keyFeatures(features: readonly FeatureOfThing[], most: number): readonly FeatureOfThing[] {
  return features
    .map((feature, index) => ({ feature, index, rank: rank(feature) }))
    .filter((entry) => entry.rank < 8)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, most)
    .map(({ feature }) => feature);
}
