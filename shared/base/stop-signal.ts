import { EdgeError } from "./edge-error.ts";

/** What the core needs to know about giving up. Every AbortSignal is one; XS brings its own. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The wait ended because its stop signal fired. */
export class Stopped extends EdgeError {
  readonly code = "EDGE_STOPPED";
  constructor() {
    super("stopped");
  }
}

/** @throws {Stopped} when the signal has fired */
export function throwIfStopped(stop: StopSignal): void {
  if (stop.aborted) throw new Stopped();
}
