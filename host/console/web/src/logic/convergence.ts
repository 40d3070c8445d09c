import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { isRecord, sameValue } from "./same-value.ts";
import type { State } from "./tone.ts";

/** How what is wanted stands to what is. */
export type Convergence =
  | { readonly name: "unset" }
  | { readonly name: "converged" }
  | { readonly name: "drifted" }
  | { readonly name: "waiting"; readonly text: string | undefined; readonly operation: string | undefined; readonly attempts: number }
  | { readonly name: "error"; readonly code: string; readonly message: string; readonly since: number; readonly attempts: number };

/** How a setting may differ from what a device says and still be the same: half of the last digit that is shown. */
const numberTolerance = 0.0005;

/** True when every wanted member is reported so. */
function covers(reported: unknown, desired: Readonly<Record<string, unknown>>): boolean {
  return isRecord(reported) && Object.entries(desired).every(([key, value]) => sameValue(reported[key], value, numberTolerance));
}

/** Where a feature is on its way from desired to reported. @param live the newest value, where it is fresher than the document's */
export function convergenceOf(feature: FeatureOfThing, live?: unknown): Convergence {
  const { desired, reported, reconcile, status } = feature;
  if (desired === undefined || Object.keys(desired).length === 0) return { name: "unset" };
  if (reconcile?.error !== undefined && reconcile.error.desiredRev >= feature.desiredRev) {
    const { code, message, since } = reconcile.error;
    return { name: "error", code, message, since, attempts: reconcile.attempts };
  }
  const now = live === undefined || !("value" in desired) ? reported : { ...reported, value: live };
  if (covers(now, desired)) return { name: "converged" };
  if (feature.observedRev >= feature.desiredRev && reconcile?.operation === undefined && status?.indicator === "idle")
    return { name: "drifted" };
  return { name: "waiting", text: status?.text, operation: reconcile?.operation, attempts: reconcile?.attempts ?? 0 };
}

export const convergenceStates: Readonly<Record<Convergence["name"], State>> = {
  unset: { tone: "off", word: "nothing wanted", meaning: "Nobody has asked for a value; the device keeps its own." },
  converged: { tone: "good", word: "converged", meaning: "The device has what is wanted." },
  drifted: { tone: "warn", word: "differs", meaning: "The device had it and says something else now." },
  waiting: { tone: "busy", word: "in progress", meaning: "On its way to the device." },
  error: { tone: "bad", word: "error", meaning: "It was refused; nothing more is tried until somebody does." },
};
