import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";

/** Features by their thing, in the order given. */
export function groupByThing(features: readonly FeatureOfThing[] | undefined): ReadonlyMap<string, readonly FeatureOfThing[]> | undefined {
  if (features === undefined) return undefined;
  const groups = new Map<string, FeatureOfThing[]>();
  for (const feature of features) {
    const group = groups.get(feature.thing);
    if (group === undefined) groups.set(feature.thing, [feature]);
    else group.push(feature);
  }
  return groups;
}
