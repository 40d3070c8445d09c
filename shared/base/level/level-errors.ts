import { EdgeError } from "../edge-error.ts";

/** Another process has the store open. LevelDB serves one process at a time. */
export class StoreLocked extends EdgeError {
  readonly code = "EDGE_STORE_LOCKED";
  readonly directory: string;
  constructor(directory: string, cause: unknown) {
    super(`the store in ${directory} is in use by another process: stop that one, or give this one a data directory of its own`, { cause });
    this.directory = directory;
  }
}

/** The store's directory cannot be made, read or written. */
export class StoreUnwritable extends EdgeError {
  readonly code = "EDGE_STORE_UNWRITABLE";
  readonly directory: string;
  constructor(directory: string, cause: unknown) {
    const why = cause instanceof Error ? reasonOf(cause) : String(cause);
    super(`cannot keep a store in ${directory}: ${why}; expected a directory that this process may write, with space left`, { cause });
    this.directory = directory;
  }
}

/** The store was written by a newer version of Penstock. */
export class StoreNewer extends EdgeError {
  readonly code = "EDGE_STORE_NEWER";
  readonly found: number;
  readonly known: number;
  constructor(what: string, found: number, known: number) {
    super(`the ${what} has schema ${found}, but this version knows schemas up to ${known}: run the version that wrote it, or a newer one`);
    this.found = found;
    this.known = known;
  }
}

/** The innermost message says what the disk said; the outer ones only that opening failed. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

/** The `LEVEL_…` code of an error of classic-level, or of what caused it. */
export function levelCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = levelCode(error.cause);
  if (inner !== undefined) return inner;
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
