/** Every error that Penstock raises on purpose. Callers switch on `code`, never on the message. */
export abstract class EdgeError extends Error {
  /** Stable, listed in the error catalogue. */
  abstract readonly code: `EDGE_${string}`;

  override get name(): string {
    return this.code;
  }
}
