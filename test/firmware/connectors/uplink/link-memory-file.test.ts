import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { LinkMemoryFile } from "../../../../firmware/connectors/uplink/link-memory-file.ts";
import type { LinkMemory } from "../../../../shared/connectors/ports.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const memory = (applied: number): LinkMemory => ({
  origin: "0123456789abcdef".repeat(2),
  floor: 3,
  term: 9,
  epoch: 4,
  applied,
  begun: { cmdSeq: applied + 1, opId: "next", after: { term: 9, seq: 12 } },
  results: [{ cmdSeq: applied, opId: "last", outcome: "failed", code: "EDGE_MODBUS_TIMEOUT" }],
});

test("what was saved is loaded, and new storage has nothing", async (t) => {
  using scratch = new ScratchDirectory();
  t.is(await new LinkMemoryFile(scratch.path).load(), undefined);
  const store = new LinkMemoryFile(join(scratch.path, "link"));
  for (let applied = 1; applied <= 5; applied++) {
    await store.save(memory(applied));
    t.deepEqual(await new LinkMemoryFile(join(scratch.path, "link")).load(), memory(applied));
  }
});

test("a copy that is torn or has rotted leaves the one before", async (t) => {
  using scratch = new ScratchDirectory();
  const store = new LinkMemoryFile(scratch.path);
  await store.save(memory(1));
  await store.save(memory(2));
  const newest = join(scratch.path, "link-a");
  const bytes = await readFile(newest);
  for (const damaged of [bytes.subarray(0, 40), Buffer.alloc(0), Buffer.from(bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte)))]) {
    await writeFile(newest, damaged);
    t.deepEqual(await new LinkMemoryFile(scratch.path).load(), memory(1));
  }
});
