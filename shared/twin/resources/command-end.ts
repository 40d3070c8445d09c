import type { JsonValue } from "../../base/json.ts";
import type { OperationDocument, OperationState } from "../documents/operation-document.ts";
import type { Draft } from "../store-ports.ts";
import { draftOf } from "./draft-of.ts";
import { addMove, isEnded } from "./operation-machine.ts";

/** How a board says that a command ended. The record of a command's end on the link has this shape. */
export interface CommandEnd {
  readonly outcome: "done" | "refused" | "failed" | "expired" | "unknown";
  readonly code?: string;
  readonly reason?: string;
  /** What the point held before and after, where that is known. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

const stateOf: Readonly<Record<CommandEnd["outcome"], OperationState>> = {
  done: "succeeded",
  refused: "rejected",
  failed: "failed",
  expired: "expired",
  unknown: "failed",
};

/** What is said where a board gives no code of its own. */
const codeOf = {
  refused: "EDGE_COMMAND_REFUSED",
  failed: "EDGE_COMMAND_FAILED",
  expired: "EDGE_COMMAND_EXPIRED",
  unknown: "EDGE_COMMAND_UNKNOWN",
} as const;

/** Code and sentence of a command's end that is no success. */
export function commandError(end: CommandEnd & { readonly outcome: Exclude<CommandEnd["outcome"], "done"> }): {
  readonly code: string;
  readonly message: string;
} {
  return { code: end.code ?? codeOf[end.outcome], message: end.reason ?? wordsOf[end.outcome] };
}
const wordsOf = {
  refused: "the board refused it",
  failed: "the device did not take it",
  expired: "it came to the board after its time",
  unknown: "the board stopped while it was carried out; whether it happened is not known",
} as const;

/** True for every end but a success. */
export function isFailure(end: CommandEnd): end is CommandEnd & { readonly outcome: Exclude<CommandEnd["outcome"], "done"> } {
  return end.outcome !== "done";
}

/**
 * The operation after its board told how the command ended; `undefined` when it has ended already, which never changes.
 * That a board tells of it proves that it was sent, whatever was noted.
 * @param now milliseconds since 1970
 */
export function endOperation(operation: OperationDocument, end: CommandEnd, now: number): Draft<"operation"> | undefined {
  if (isEnded(operation.state)) return undefined;
  const early = operation.state === "pending" || operation.state === "queued";
  const history = early ? addMove(operation.history, "sent", now) : operation.history;
  const state = stateOf[end.outcome];
  const { stage: _stage, ...kept } = draftOf<"operation">(operation);
  return {
    ...kept,
    state,
    history: addMove(history, state, now),
    ...((end.before !== undefined || end.after !== undefined) && {
      result: { ...(end.before !== undefined && { before: end.before }), ...(end.after !== undefined && { after: end.after }) },
    }),
    ...(isFailure(end) && { error: commandError(end) }),
  };
}
