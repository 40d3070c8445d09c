import { EdgeError } from "../../../shared/base/edge-error.ts";

/** Something in the history is not what was written there. */
export class HistoryDamaged extends EdgeError {
  readonly code = "EDGE_HISTORY_DAMAGED";
  constructor(what: string) {
    super(`the history holds ${what}`);
  }
}
