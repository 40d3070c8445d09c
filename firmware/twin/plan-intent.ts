import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import { utf8Length } from "../../shared/base/utf8.ts";
import { statusText } from "../../shared/twin/feature-document.ts";
import type { FeatureKey, FeatureStatus } from "../../shared/twin/feature-twin.ts";
import { depthWithin, mergePatch } from "../../shared/twin/merge-patch.ts";
import { TwinPatchRefused, TwinTooLarge } from "../../shared/twin/twin-errors.ts";
import type { Intent } from "./twin-slot.ts";
import type { TwinStoreOptions } from "./twin-store-options.ts";

/** A change of intent that passed all checks; told the revision it will be written with. */
export type IntentPlan = (rev: number) => Intent;

type Limits = Pick<Required<TwinStoreOptions>, "maxDepth" | "maxDocument">;

/** Merges a patch into `desired`; null removes it. @throws {TwinPatchRefused} {TwinTooLarge} */
export function planDesired(key: FeatureKey, intent: Intent, patch: JsonValue, limits: Limits): IntentPlan {
  if (patch === null) return (rev) => ({ ...intent, desired: undefined, desiredText: undefined, desiredRev: rev });
  if (!isJsonObject(patch)) throw new TwinPatchRefused(key, Array.isArray(patch) ? "an array" : `a ${typeof patch}`);
  if (!depthWithin(patch, limits.maxDepth)) throw new TwinTooLarge(`the patch for desired of ${key}`, "levels", undefined, limits.maxDepth);
  const desired = mergePatch(intent.desired, patch);
  const desiredText = JSON.stringify(desired);
  checkSize(key, desiredText, intent.statusText, limits);
  return (rev) => ({ ...intent, desired, desiredText, desiredRev: rev });
}

/** Sets `status` and, when given, `observedRev`. @throws {TwinTooLarge} */
export function planStatus(
  key: FeatureKey,
  intent: Intent,
  status: FeatureStatus,
  observedRev: number | undefined,
  limits: Limits,
): IntentPlan {
  const text = statusText(status);
  checkSize(key, intent.desiredText, text, limits);
  return () => ({ ...intent, status, statusText: text, observedRev: observedRev ?? intent.observedRev });
}

function checkSize(key: FeatureKey, desired = "", status = "", { maxDocument }: Limits): void {
  // UTF-8 takes three bytes for a UTF-16 unit at most.
  if ((desired.length + status.length) * 3 <= maxDocument) return;
  const size = utf8Length(desired) + utf8Length(status);
  if (size > maxDocument) throw new TwinTooLarge(`the document of ${key}`, "bytes", size, maxDocument);
}
