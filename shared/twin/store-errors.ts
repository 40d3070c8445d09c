import { EdgeError } from "../base/edge-error.ts";

/** Another thing has the alias. */
export class DuplicateAlias extends EdgeError {
  readonly code = "EDGE_ALIAS_TAKEN";
  constructor(alias: string, thing: string) {
    super(`the alias ${alias} names ${thing} already`);
  }
}

/** One document is larger than the store takes. */
export class DocumentTooLarge extends EdgeError {
  readonly code = "EDGE_DOCUMENT_TOO_LARGE";
  constructor(kind: string, id: string, size: number, most: number) {
    super(`${kind} ${id} takes ${size} bytes; ${most} is the most`);
  }
}

/** The bound of documents of a kind, or of points, is met. */
export class StoreFull extends EdgeError {
  readonly code = "EDGE_STORE_FULL";
  constructor(what: string, most: number) {
    super(`there are ${most} ${what} already`);
  }
}

/** The disk refuses; nothing of the change was kept. */
export class GatewayStoreFailed extends EdgeError {
  readonly code = "EDGE_STORE_FAILED";
  constructor(directory: string, cause: unknown) {
    super(`${directory} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The store was used after it was closed. */
export class GatewayStoreClosed extends EdgeError {
  readonly code = "EDGE_STORE_CLOSED";
  constructor() {
    super("the store is closed");
  }
}

/** A backup is not one, or is damaged. */
export class BackupInvalid extends EdgeError {
  readonly code = "EDGE_BACKUP_INVALID";
  constructor(file: string, why: string) {
    super(`${file} is no sound backup: ${why}`);
  }
}
