import type { OperationDocument, OperationState } from "../documents/operation-document.ts";
import type { Draft } from "../store-ports.ts";
import { draftOf } from "./draft-of.ts";

/**
 * Where an operation may go from each state.
 * `uncertain`: it may have been carried out, and nothing was heard of its end yet.
 */
export const operationMoves: Readonly<Record<OperationState, readonly OperationState[]>> = {
  pending: ["queued", "running", "failed", "rejected", "cancelling", "cancelled", "expired"],
  queued: ["sent", "failed", "rejected", "cancelling", "cancelled", "expired"],
  sent: ["accepted", "running", "succeeded", "failed", "rejected", "cancelling", "expired", "uncertain"],
  accepted: ["running", "succeeded", "failed", "cancelling", "uncertain"],
  running: ["succeeded", "failed", "cancelling", "uncertain"],
  uncertain: ["accepted", "running", "succeeded", "failed", "rejected", "cancelling", "cancelled", "expired"],
  cancelling: ["cancelled", "succeeded", "failed", "rejected", "expired", "uncertain"],
  succeeded: [],
  failed: [],
  rejected: [],
  cancelled: [],
  expired: [],
};

/** States that are left sooner or later. */
export const openStates: readonly OperationState[] = ["pending", "queued", "sent", "accepted", "running", "uncertain", "cancelling"];
/** States that are never left. */
export const endStates: readonly OperationState[] = ["succeeded", "failed", "rejected", "cancelled", "expired"];

/** Moves that are remembered: the first and the newest. */
const longestHistory = 32;

export const isEnded = (state: OperationState): boolean => operationMoves[state].length === 0;

/** What a move tells beside the new state. What is left out stays, but for `stage`, which belongs to the state that is left. */
export type OperationNews = Partial<Pick<OperationDocument, "stage" | "result" | "error" | "cmdSeq" | "board">>;

/** The operation in another state, or `undefined` when it may not go there: an ended one goes nowhere. @param now milliseconds since 1970 */
export function moveOperation(
  operation: OperationDocument,
  state: OperationState,
  now: number,
  news: OperationNews = {},
): Draft<"operation"> | undefined {
  if (!operationMoves[operation.state].includes(state)) return undefined;
  const { stage: _stage, ...kept } = draftOf<"operation">(operation);
  return { ...kept, ...news, state, history: addMove(operation.history, state, now) };
}

export type OperationMoves = OperationDocument["history"];

export function addMove(history: OperationMoves, state: OperationState, at: number): OperationMoves {
  const move = { state, at };
  const [first] = history;
  if (first === undefined || history.length < longestHistory) return [...history, move];
  return [first, ...history.slice(2 - longestHistory), move];
}
