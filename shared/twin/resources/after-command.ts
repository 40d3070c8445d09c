import type { FeatureOfThing } from "../documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../documents/operation-document.ts";
import type { Draft } from "../store-ports.ts";
import { type CommandEnd, commandError, isFailure } from "./command-end.ts";
import { draftOf } from "./draft-of.ts";
import { meets, wantedValue } from "./wanted-value.ts";

/** True for a refusal by a rule: asking again changes nothing. A refusal without a code means that the command was out of turn. */
export const isRefusedForGood = (end: CommandEnd): boolean => end.outcome === "refused" && end.code !== undefined;

/**
 * The feature after the command ended that carried its intent; to be kept in one batch with the end of the operation. `undefined` where the operation
 * carried no intent, or there is nothing to change. Confirmed: `observedRev` is the intent's revision, and the status says whether the device was seen to
 * have the value. Refused by a rule: an error, until the intent changes. Anything else will be tried again.
 * An intent that was replaced meanwhile leaves the newer one alone.
 * @param now milliseconds since 1970
 * @param tolerance numbers this far apart are still equal, in the unit of the value
 */
export function afterCommand(
  feature: FeatureOfThing,
  operation: Pick<OperationDocument, "id" | "desiredRev">,
  end: CommandEnd,
  now: number,
  tolerance = 0,
): Draft<"feature"> | undefined {
  const { desiredRev, id } = operation;
  if (desiredRev === undefined || desiredRev < feature.observedRev) return undefined;
  if (desiredRev !== feature.desiredRev)
    return end.outcome === "done" ? { ...draftOf<"feature">(feature), observedRev: desiredRev } : undefined;
  const { reconcile, ...kept } = draftOf<"feature">(feature);
  const attempts = (reconcile?.attempts ?? 0) + 1;
  if (!isFailure(end)) {
    const wanted = wantedValue(feature);
    const seen = end.after !== undefined && wanted !== undefined && meets(end.after, wanted, tolerance);
    const status = seen
      ? ({ text: "the device has the wanted value", indicator: "idle", at: now } as const)
      : ({ text: "written; the device has yet to show it", indicator: "in_progress", at: now } as const);
    return { ...kept, observedRev: desiredRev, status };
  }
  const error = commandError(end);
  if (isRefusedForGood(end))
    return {
      ...kept,
      status: { text: error.message, indicator: "error", at: now },
      reconcile: { attempts, operation: id, error: { ...error, since: now, desiredRev } },
    };
  return {
    ...kept,
    status: { text: `will be tried again: ${error.message}`, indicator: "in_progress", at: now },
    reconcile: { attempts, operation: id },
  };
}
