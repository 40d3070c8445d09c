import { EdgeError } from "../../../shared/base/edge-error.ts";

/** A backup is not put in the place of a store that is there. */
export class RestoreRefused extends EdgeError {
  readonly code = "EDGE_RESTORE_REFUSED";
  readonly directory: string;
  constructor(directory: string, why: string) {
    super(`nothing was restored to ${directory}: ${why}`);
    this.directory = directory;
  }
}
