import { EdgeError } from "../../shared/base/edge-error.ts";

/** A part of the board does not do its work. */
export class NotAlive extends EdgeError {
  readonly code = "EDGE_NOT_ALIVE";
  /** What was looked at: scheduler, broker or store. */
  readonly check: string;

  constructor(check: string, why: string, options?: ErrorOptions) {
    super(`${check}: ${why}`, options);
    this.check = check;
  }
}
