import { EdgeError } from "../../shared/base/edge-error.ts";

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** In words: `exit code 1`, `signal SIGKILL`. */
export const endText = ({ exitCode, signal }: ProcessEnd): string => (signal === null ? `exit code ${exitCode}` : `signal ${signal}`);

/** The board ended before it served. Exit code 1 means that it has said why. */
export class BoardStartFailed extends EdgeError {
  readonly code = "EDGE_BOARD_START";
  readonly end: ProcessEnd;
  constructor(end: ProcessEnd, logFile: string) {
    super(`the board ended with ${endText(end)} before it served; its output is in ${logFile}`);
    this.end = end;
  }
}
