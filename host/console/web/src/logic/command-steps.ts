import type { OperationDocument } from "../../../../../shared/twin/documents/operation-document.ts";
import type { Convergence } from "./convergence.ts";
import type { Tone } from "./tone.ts";

/** One step of a command on its way. */
export interface CommandStep {
  readonly word: string;
  readonly state: "reached" | "now" | "ahead" | "failed";
  readonly at?: number | undefined;
}

/** How a command stands. */
export interface CommandProgress {
  readonly steps: readonly CommandStep[];
  readonly end: { readonly tone: Tone; readonly text: string } | undefined;
}

/** Words of the way and the states of an operation by which each is known to be reached. */
const way = [
  { word: "asked", states: ["pending"] },
  { word: "stored", states: ["queued"] },
  { word: "sent to the board", states: ["sent"] },
  { word: "carried out", states: ["accepted", "running", "succeeded"] },
] as const;

const ended: Readonly<Record<string, { readonly tone: Tone; readonly text: string }>> = {
  succeeded: { tone: "good", text: "Done: the device has it." },
  failed: { tone: "bad", text: "It failed." },
  rejected: { tone: "bad", text: "It was refused." },
  cancelled: { tone: "off", text: "It was called off." },
  expired: { tone: "stale", text: "It was too old to begin." },
};

/**
 * Follows a command from being asked for to its end.
 * @param operation that carries it, once there is one
 * @param held how what is wanted stands to what is, for a value that is to hold
 * @param had whether the device had the value when it was asked for: then no operation is needed
 */
export function commandProgress(
  askedAt: number,
  operation: OperationDocument | undefined,
  held: Convergence | undefined,
  had: boolean,
): CommandProgress {
  const times = new Map<string, number>(operation?.history.map(({ state, at }) => [state, at]));
  let reached = 0;
  const at = way.map(({ states }, index) => {
    const time = states.map((state) => times.get(state)).find((found) => found !== undefined);
    const current = operation !== undefined && states.some((state) => state === operation.state);
    if (time !== undefined || current) reached = index;
    return time;
  });
  const end = endOf(operation, held, had);
  const done = end?.tone === "good";
  const steps = way.map(({ word }, index): CommandStep => {
    const time = index === 0 ? askedAt : at[index];
    if (done || index < reached) return { word, state: "reached", at: time };
    if (index === reached)
      return { word, state: end === undefined || index === 0 ? (end === undefined ? "now" : "reached") : "reached", at: time };
    return { word, state: end !== undefined && index === reached + 1 ? "failed" : "ahead" };
  });
  return { steps, end };
}

function endOf(operation: OperationDocument | undefined, held: Convergence | undefined, had: boolean): CommandProgress["end"] {
  const end = operation === undefined ? undefined : ended[operation.state];
  if (end !== undefined) return operation?.error === undefined ? end : { ...end, text: `${end.text} ${operation.error.message}` };
  if (held?.name === "error") return { tone: "bad", text: `It was refused. ${held.message}` };
  if (held?.name === "converged") return { tone: "good", text: had ? "The device has this value already." : "Done: the device has it." };
  return undefined;
}
