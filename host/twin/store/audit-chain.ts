import type { AuditDocument } from "../../../shared/twin/documents/event-document.ts";
import type { AuditVerification } from "../../../shared/twin/store-ports.ts";
import { canonicalJson } from "./canonical-json.ts";
import { sha256 } from "./sha256.ts";

/** What stands as `prev` in the first line. */
export const auditRoot = "0".repeat(64);

/** Where the log ends, as it was noted apart from the lines. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** SHA-256 over the canonical JSON of a line without its hash. RFC 8785 */
export function hashAuditLine(line: Omit<AuditDocument, "hash">): string {
  return sha256(canonicalJson({ ...line, hash: undefined }));
}

/** Checks a whole log from its first line, to the first that is wrong. With `head` it also finds lines that were cut off its end. */
export async function verifyAudit(
  lines: AsyncIterable<AuditDocument> | Iterable<AuditDocument>,
  head: AuditHead | undefined,
): Promise<AuditVerification> {
  let last: AuditHead = { seq: 0, hash: auditRoot };
  let first: { readonly first: number } | undefined;
  let count = 0;
  const wrong = (seq: number, why: string): AuditVerification => ({ lines: count, ...first, wrong: { seq, why } });
  for await (const line of lines) {
    count += 1;
    first ??= { first: line.seq };
    if (line.seq !== last.seq + 1) return wrong(last.seq + 1, `the line is missing; ${line.seq} comes next`);
    if (line.prev !== last.hash) return wrong(line.seq, "it does not follow from the line before");
    if (line.hash !== hashAuditLine(line)) return wrong(line.seq, "the line was changed");
    last = line;
  }
  if (head !== undefined && head.seq > last.seq) return wrong(last.seq + 1, `lines up to ${head.seq} are missing`);
  if (head !== undefined && head.seq === last.seq && head.hash !== last.hash)
    return wrong(last.seq, "it is not the line that was written last");
  return { lines: count, ...first };
}
