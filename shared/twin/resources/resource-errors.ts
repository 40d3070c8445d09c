import { EdgeError } from "../../base/edge-error.ts";

/** Nothing may be wanted of the feature: its board does not carry writes to it. */
export class NotWritable extends EdgeError {
  readonly code = "EDGE_NOT_WRITABLE";
  constructor(thing: string, feature: string) {
    super(`${thing}/${feature} is not written by its board: nothing can be wanted of it`);
  }
}

/** The operation has ended, or its end can no longer be prevented. */
export class OperationEnded extends EdgeError {
  readonly code = "EDGE_OPERATION_ENDED";
  constructor(id: string, state: string) {
    super(`operation ${id} is ${state} and cannot be given up`);
  }
}

/** An operation names a board that carries nothing out: it is not there, not adopted, or told to rest. */
export class BoardUnavailable extends EdgeError {
  readonly code = "EDGE_BOARD_UNAVAILABLE";
  constructor(board: string, why: string) {
    super(`board ${board} ${why}`);
  }
}

/** Nobody carries out operations of this type. */
export class NoExecutor extends EdgeError {
  readonly code = "EDGE_NO_EXECUTOR";
  constructor(type: string) {
    super(`nothing here carries out ${type}`);
  }
}

/** The gateway stopped while it carried an operation out. */
export class OperationInterrupted extends EdgeError {
  readonly code = "EDGE_OPERATION_INTERRUPTED";
  constructor() {
    super("the gateway stopped while it was carried out; it is not begun again");
  }
}

/** Nobody began the operation in time. */
export class OperationExpired extends EdgeError {
  readonly code = "EDGE_OPERATION_EXPIRED";
  constructor(who: string) {
    super(`${who} did not take it in time`);
  }
}
