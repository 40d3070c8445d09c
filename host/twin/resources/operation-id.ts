import { createHash, randomBytes } from "node:crypto";

/** A new operation's id: younger ones sort behind older ones. @param now milliseconds since 1970 */
export function newOperationId(now: number): string {
  return `op-${now.toString(32).padStart(10, "0")}${randomBytes(5).toString("hex")}`;
}

/** The id of what must not be there twice: the same words give the same id. */
export function derivedOperationId(prefix: string, ...words: readonly (string | number)[]): string {
  return `${prefix}-${createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 32)}`;
}
