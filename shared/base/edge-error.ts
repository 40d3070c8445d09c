/** Every error that Penstock raises on purpose. Callers switch on `code`, never on the message. */
export abstract class EdgeError extends Error {
  /** Stable, listed in the error catalogue. */
  abstract readonly code: `EDGE_${string}`;

  override get name(): string {
    return this.code;
  }
}

/** What an answer or a log says of a failure: the error's code, or `EDGE_INTERNAL` for one that nobody foresaw, and its message. */
export function codeAndReason(error: unknown): { readonly code: string; readonly reason: string } {
  return {
    code: error instanceof EdgeError ? error.code : "EDGE_INTERNAL",
    reason: error instanceof Error ? error.message : String(error),
  };
}
