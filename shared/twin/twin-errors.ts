import { EdgeError } from "../base/edge-error.ts";

/** A feature more than the store may hold. */
export class TwinStoreFull extends EdgeError {
  readonly code = "EDGE_TWIN_FULL";
  readonly key: string;
  readonly limit: number;
  constructor(key: string, limit: number) {
    super(`no room for feature ${key}: the twin store holds its limit of ${limit} features`);
    this.key = key;
    this.limit = limit;
  }
}

/** More callers wait for the disk than the store lets wait. */
export class TwinStoreBusy extends EdgeError {
  readonly code = "EDGE_TWIN_BUSY";
  readonly limit: number;
  constructor(key: string, limit: number) {
    super(`the change of ${key} was not taken: ${limit} changes already wait for the disk, the most that may`);
    this.limit = limit;
  }
}

/** A document above its bounds in size or in depth. */
export class TwinTooLarge extends EdgeError {
  readonly code = "EDGE_TWIN_TOO_LARGE";
  readonly what: string;
  readonly limit: number;
  constructor(what: string, measure: "bytes" | "levels", found: number | undefined, limit: number) {
    super(`${what} has ${found ?? `more than ${limit}`} ${measure}: expected at most ${limit}`);
    this.what = what;
    this.limit = limit;
  }
}

/** The store was closed before the change was on disk. */
export class TwinStoreClosed extends EdgeError {
  readonly code = "EDGE_TWIN_CLOSED";
  constructor() {
    super("the twin store is closed");
  }
}

/** The disk refused the write. The change is not applied; the store goes on trying by itself and takes new changes. */
export class TwinStoreFailed extends EdgeError {
  readonly code = "EDGE_TWIN_STORE";
  constructor(cause: unknown) {
    super(`the twin store could not write: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The patch would make `desired` something other than an object. */
export class TwinPatchRefused extends EdgeError {
  readonly code = "EDGE_TWIN_PATCH";
  constructor(key: string, found: string) {
    super(`the patch for desired of ${key} is ${found}: expected a JSON object, or null to remove desired`);
  }
}

/** Not the name of a feature. */
export class TwinKeyInvalid extends EdgeError {
  readonly code = "EDGE_TWIN_KEY";
  constructor(key: string) {
    const shown = JSON.stringify(key.slice(0, 150));
    super(
      `${shown} does not name a feature: expected <thing>/<feature>, each 1 to 64 letters, digits and ": . _ -", the first a letter or digit`,
    );
  }
}

/** Not a path into a document. */
export class TwinPathInvalid extends EdgeError {
  readonly code = "EDGE_TWIN_PATH";
  constructor(path: string) {
    super(`${JSON.stringify(path.slice(0, 300))} is no path: expected names separated by single slashes, none of them empty`);
  }
}

/** Stored bytes that are not the document they should be. */
export class FeatureDocumentInvalid extends EdgeError {
  readonly code = "EDGE_TWIN_DOCUMENT";
  constructor(key: string, why: string) {
    super(`the stored document of ${key} cannot be read: ${why}`);
  }
}
