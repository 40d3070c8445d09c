import { EdgeError } from "../../base/edge-error.ts";

/** The bytes are no message of the link. */
export class LinkMessageInvalid extends EdgeError {
  readonly code = "EDGE_LINK_MESSAGE_INVALID";
  constructor(problem: string, cause?: unknown) {
    super(`link message: ${problem}`, { cause });
  }
}

/** The other end speaks a version of the link that this one does not know. */
export class LinkVersionUnknown extends EdgeError {
  readonly code = "EDGE_LINK_VERSION_UNKNOWN";
  readonly version: number;
  constructor(version: number, known: number) {
    super(`link message of version ${version}: expected version ${known}; update the older end`);
    this.version = version;
  }
}
