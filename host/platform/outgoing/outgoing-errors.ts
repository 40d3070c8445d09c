import { EdgeError } from "../../../shared/base/edge-error.ts";

/** A URL that a user set leads where the gateway does not go for users. */
export class OutgoingRefused extends EdgeError {
  readonly code = "EDGE_OUTGOING_REFUSED";
  /** The URL without what may be secret in it: neither user, password, query nor fragment. */
  readonly url: string;
  constructor(url: string, why: string) {
    super(`${url} is not gone to: ${why}`);
    this.url = url;
  }
}

/** The request could not be made, or the answer did not come whole. */
export class OutgoingFailed extends EdgeError {
  readonly code = "EDGE_OUTGOING_FAILED";
  readonly url: string;
  constructor(url: string, why: string, cause?: unknown) {
    super(`${url}: ${why}`, { cause });
    this.url = url;
  }
}
