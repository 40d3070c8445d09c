/** As the kernel and LevelDB, which keeps only the kernel's words, say that there is no room. errno(3) */
const codes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);
const words = /No space left on device|Disk quota exceeded/;

/** True when an error, or what caused it, says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && codes.has(error.code)) || words.test(error.message) || isDiskFull(error.cause);
}
