import type { JsonObject } from "../../base/json.ts";
import type { FeatureOfThing } from "../documents/feature-of-thing-document.ts";
import { sameJson } from "../same-json.ts";
import { meets, partOf, wantedValue } from "./wanted-value.ts";

/**
 * Whether a write of `desired` is a new intent. Another value is; the same value is once more where it ended in an error, or where the device has drifted
 * from it since; not while it is on its way.
 * @param now the feature with what is reported
 */
export function isAskedAnew(now: FeatureOfThing, wanted: JsonObject | undefined): boolean {
  const before = partOf(now.desired);
  if (before === undefined || wanted === undefined) return before !== wanted;
  if (!sameJson(before, wanted)) return true;
  if (now.reconcile?.error !== undefined) return true;
  if (now.owner !== "board" || now.observedRev < now.desiredRev) return false;
  const value = wantedValue({ desired: wanted });
  const found = partOf(now.reported)?.["value"];
  return found !== undefined && value !== undefined && !meets(found, value);
}
