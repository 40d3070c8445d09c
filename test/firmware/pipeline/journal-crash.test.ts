import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { FlashWear } from "../../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../../firmware/pipeline/log-fs-node.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { CrashChild } from "../../harness/crash-child.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { openJournal, readAll } from "./open-journal.ts";

const script = fileURLToPath(new URL("journal-writer-process.ts", import.meta.url));

test("a process that is killed while it writes has kept every record that it said was on disk, each at a place of its own", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "journal");
  const promised: string[] = [];
  for (let life = 0; life < 4; life++) {
    const child = CrashChild.start({ script, args: [directory] });
    await child.said(5 + life * 10);
    promised.push(...(await child.kill()));
  }
  const journal = await openJournal({ fs: new NodeLogFs(new FlashWear({ clock: new FakeClock() })), directory });
  const records = await readAll(journal, "samples");
  const there = new Set(
    records
      .filter(({ kind }) => kind === RecordKind.command)
      .map(({ term, seq, payload }) => `${term} ${seq} ${new TextDecoder().decode(payload)}`),
  );
  t.deepEqual(
    promised.filter((line) => !there.has(line)),
    [],
  );
  t.is(new Set(records.map(({ term, seq }) => `${term} ${seq}`)).size, records.length);
  t.is(journal.term, 5);
  await journal.close();
});
