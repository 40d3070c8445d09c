import { EdgeError } from "../../../shared/base/edge-error.ts";

/** A stored document is not what was written: the disk changed it. */
export class StoredDocumentUnreadable extends EdgeError {
  readonly code = "EDGE_STORE_DOCUMENT";
  readonly key: string;
  constructor(key: string, cause: unknown) {
    super(`${key} in the store cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.key = key;
  }
}
