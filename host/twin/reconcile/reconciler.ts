import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { Change } from "../../../shared/twin/store-ports.ts";

/** Why something could not be made real. */
export interface ReconcileError {
  readonly code: string;
  readonly message: string;
}

/**
 * What is to become of a key: `ack` nothing more · `requeue` once more, now · `retry` once more, later, at most so often · `wait` until somebody wakes it
 * or `until`; no attempt is counted · `fail` an error that only another intent ends.
 */
export type Directive =
  | { readonly do: "ack" }
  | { readonly do: "requeue" }
  | {
      readonly do: "retry";
      readonly error: ReconcileError /** False: it may happen as often as it likes. Default true. */;
      readonly counts?: boolean;
    }
  | { readonly do: "wait"; readonly on: "link" | "window" | "operation" /** Milliseconds since 1970. */; readonly until?: number }
  | { readonly do: "fail"; readonly error: ReconcileError };

export interface ReconcileContext {
  /** Attempts that failed before. */
  readonly attempts: number;
  /** The pause after a failure is over with this run: it is to be tried again now. */
  readonly due: boolean;
}

/** How a key failed for good. */
export interface ReconcileFailure extends ReconcileError {
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Makes intents of one kind real. It reads what stands each time; events only tell it when. */
export interface Reconciler {
  /** Names it in the store. */
  readonly kind: string;
  /** Told once how to have a key looked at. */
  begin?(wake: (key: string) => void): void;
  /** Keys that an event concerns. */
  match(event: EventDocument): readonly string[];
  /** Everything that there may be something to do for. */
  list(): AsyncIterable<string>;
  /** Number of the intent; another one ends an error and its pauses. `undefined`: there is none any more. */
  intent(key: string): Promise<number | undefined>;
  reconcile(key: string, context: ReconcileContext, stop: StopSignal): Promise<Directive>;
  /** What to keep, in one batch with the error, when a key failed for good. */
  failed(key: string, failure: ReconcileFailure): Promise<Pick<Change, "puts" | "events">>;
}
