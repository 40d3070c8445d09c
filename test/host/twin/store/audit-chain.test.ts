import { hash } from "node:crypto";
import test from "ava";
import { auditRoot, hashAuditLine, verifyAudit } from "../../../../host/twin/store/audit-chain.ts";
import type { AuditDocument } from "../../../../shared/twin/documents/event-document.ts";

/** A chain of so many lines. */
function chain(count: number): readonly AuditDocument[] {
  const lines: AuditDocument[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const line = {
      seq,
      at: 1_700_000_000_000 + seq,
      actor: "user:anna",
      via: "rest",
      action: "thing:update",
      kind: "thing",
      id: `p${seq}`,
      outcome: "done",
      prev: lines.at(-1)?.hash ?? auditRoot,
    } as const;
    lines.push({ ...line, hash: hashAuditLine(line) });
  }
  return lines;
}

test("the hash of a line is SHA-256 over its canonical JSON without the hash", (t) => {
  const [line] = chain(1);
  const text = `{"action":"thing:update","actor":"user:anna","at":1700000000001,"id":"p1","kind":"thing","outcome":"done","prev":"${auditRoot}","seq":1,"via":"rest"}`;
  t.is(line?.hash, hash("sha256", text, "hex"));
});

test("a chain as it was written is right, an empty one too", async (t) => {
  const lines = chain(20);
  const { seq = 0, hash: last = "" } = lines.at(-1) ?? {};
  t.deepEqual(await verifyAudit(lines, { seq, hash: last }), { lines: 20, first: 1 });
  t.deepEqual(await verifyAudit([], undefined), { lines: 0 });
});

test("no member of any line can change without being found", async (t) => {
  const lines = chain(5);
  for (const [at, line] of lines.entries()) {
    for (const name of Object.keys(line)) {
      const changed: AuditDocument = { ...line, [name]: name === "seq" || name === "at" ? 77 : "x" };
      const { wrong } = await verifyAudit(lines.with(at, changed), undefined);
      t.not(wrong, undefined, `${name} of line ${at + 1}`);
    }
  }
});

/** A line with the hash that fits what is in it. */
const signed = (line: AuditDocument): AuditDocument => ({ ...line, hash: hashAuditLine(line) });

test("a line that was changed along with its hash breaks the chain behind it; with all behind it, the end", async (t) => {
  const lines = chain(3);
  const head = lines[2];
  const forged = lines.map((line, at) => (at === 1 ? signed({ ...line, actor: "user:eve" }) : line));
  t.deepEqual((await verifyAudit(forged, head)).wrong, { seq: 3, why: "it does not follow from the line before" });
  const end = forged.map((line, at) => (at === 2 ? signed({ ...line, prev: forged[1]?.hash ?? "" }) : line));
  t.is((await verifyAudit(end, undefined)).wrong, undefined);
  t.deepEqual((await verifyAudit(end, head)).wrong, { seq: 3, why: "it is not the line that was written last" });
});

test("lines that are missing at the begin, within and at the end are found", async (t) => {
  const lines = chain(6);
  const { seq = 0, hash: last = "" } = lines.at(-1) ?? {};
  const head = { seq, hash: last };
  t.deepEqual((await verifyAudit(lines.slice(1), head)).wrong?.seq, 1);
  t.deepEqual((await verifyAudit(lines.toSpliced(3, 1), head)).wrong?.seq, 4);
  t.deepEqual((await verifyAudit(lines.slice(0, 4), head)).wrong, { seq: 5, why: "lines up to 6 are missing" });
  t.deepEqual((await verifyAudit([], head)).wrong?.seq, 1);
});
