import test from "ava";
import { instant } from "../../../shared/base/units.ts";
import { JournalUnreadable } from "../../../shared/pipeline/journal-errors.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { diskError, MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { append, gapsIn, openJournal, readAll, textsIn } from "./open-journal.ts";

/** A disk with the records a, b, c in one segment and d in the next. */
async function disk(): Promise<MemoryLogFs> {
  const fs = new MemoryLogFs();
  for (const texts of ["abc", "d"]) {
    const journal = await openJournal({ fs });
    append(journal, ...texts);
    await journal.close();
  }
  return fs;
}

const sealed = "journal/samples/1-1.seg";
const open = "journal/samples/2-5.seg";
/** Each of the records is this long; the term record in front is longer. */
const recordLength = 32;

const indexOf = (segment: string): string => segment.replace(".seg", ".idx");

function flip(fs: MemoryLogFs, path: string, fromEnd: number): void {
  const bytes = fs.get(path);
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.put(path, bytes);
}

test("a torn end of the open segment is cut off, and numbers go on behind what is left", async (t) => {
  const fs = await disk();
  const whole = fs.get(open);
  for (const torn of [
    whole.subarray(0, whole.length - 3),
    Uint8Array.of(...whole.subarray(0, whole.length - recordLength), ...new Uint8Array(500)),
  ]) {
    const disk = new MemoryLogFs();
    await disk.makeDirectory("journal");
    await disk.makeDirectory("journal/samples");
    for (const path of fs.paths) if (path !== indexOf(open)) disk.put(path, path === open ? torn : fs.get(path));
    const journal = await openJournal({ fs: disk });
    t.is(disk.get(open).length, whole.length - recordLength);
    append(journal, "e");
    await journal.flush();
    const records = await readAll(journal, "samples");
    t.deepEqual(textsIn(records), ["a", "b", "c", "e"]);
    t.deepEqual(
      records.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6, 7],
    );
  }
});

test("records behind a damaged one of the open segment may have been durable: their numbers are not given again, and a gap tells of them", async (t) => {
  const fs = new MemoryLogFs();
  const first = await openJournal({ fs });
  append(first, ..."abcd");
  await first.close();
  fs.drop(indexOf(sealed));
  flip(fs, sealed, 2 * recordLength + 1);
  const journal = await openJournal({ fs });
  append(journal, "e");
  await journal.flush();
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["a", "e"]);
  t.deepEqual(gapsIn(records), [{ at: 5, from: { term: 1, seq: 3 }, to: { term: 2, seq: 5 }, why: "torn", count: 3 }]);
});

test("a sealed segment without its index keeps what is sound, is not cut, and a gap tells of the rest", async (t) => {
  const fs = await disk();
  fs.drop(indexOf(sealed));
  const before = fs.get(sealed).length;
  flip(fs, sealed, recordLength + 1);
  const log = new FakeLog();
  const journal = await openJournal({ fs, log });
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["a", "d"]);
  t.deepEqual(gapsIn(records), [{ at: 4, from: { term: 1, seq: 3 }, to: { term: 2, seq: 4 }, why: "corrupt", count: 2 }]);
  t.is(fs.get(sealed).length, before);
  t.is(fs.get("journal/samples/1-1.bad").length, 2 * recordLength);
  t.true(log.entries.some(({ level }) => level === "error"));
  await journal.close();
  const again = await openJournal({ fs });
  t.deepEqual(gapsIn(await readAll(again, "samples")), gapsIn(records));
});

test("damage behind a sound index is found when it is read, and told as a gap", async (t) => {
  for (const tailBytes of [0, 1 << 19]) {
    const fs = await disk();
    const journal = await openJournal({ fs, tailBytes });
    flip(fs, sealed, 1);
    const records = await readAll(journal, "samples");
    t.deepEqual(textsIn(records), ["a", "b", "d"]);
    t.deepEqual(gapsIn(records), [{ at: 4, from: { term: 1, seq: 4 }, to: { term: 2, seq: 4 }, why: "corrupt", count: 1 }]);
    t.deepEqual(textsIn(await readAll(journal, "samples", { term: 1, seq: 2 })), ["b", "d"]);
  }
});

test("a segment of which nothing is sound is one gap", async (t) => {
  const fs = await disk();
  fs.put(sealed, new Uint8Array(200).fill(7));
  const records = await readAll(await openJournal({ fs }), "samples");
  t.deepEqual(textsIn(records), ["d"]);
  t.deepEqual(
    gapsIn(records).map(({ at, count }) => [at, count]),
    [[4, 4]],
  );
});

test("a segment that somebody removed is a gap", async (t) => {
  const fs = await disk();
  const third = await openJournal({ fs });
  append(third, "e");
  await third.close();
  fs.drop(open);
  const records = await readAll(await openJournal({ fs }), "samples");
  t.deepEqual(textsIn(records), ["a", "b", "c", "e"]);
  t.deepEqual(
    gapsIn(records).map(({ at, why }) => [at, why]),
    [[6, "missing"]],
  );
});

test("a damaged index is made anew from its segment", async (t) => {
  const fs = await disk();
  for (const index of [new Uint8Array(0), new Uint8Array(50), new TextEncoder().encode('00000000 {"count":9}')]) {
    fs.put("journal/samples/1-1.idx", index);
    const journal = await openJournal({ fs });
    t.deepEqual(textsIn(await readAll(journal, "samples")), ["a", "b", "c", "d"]);
    t.is(journal.info("samples").waiting, 6);
    await journal.close();
  }
});

test("damage in the segment that is being written is told, and writing goes on in another", async (t) => {
  const fs = new MemoryLogFs();
  const journal = await openJournal({ fs, tailBytes: 0 });
  append(journal, ..."abc");
  await journal.flush();
  flip(fs, sealed, 1);
  append(journal, "d");
  t.deepEqual(textsIn(await readAll(journal, "samples")), ["a", "b"]);
  await journal.flush();
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["a", "b", "d"]);
  t.is(gapsIn(records)[0]?.count, 1);
});

test("a segment that the disk does not give back is asked for again, and given up with a gap when it goes on", async (t) => {
  const fs = await disk();
  const journal = await openJournal({ fs });
  fs.fault = (operation, path) => (operation === "read" && path === sealed ? diskError("EIO", operation, path) : undefined);
  for (let attempt = 0; attempt < 2; attempt++) await t.throwsAsync(readAll(journal, "samples"), { instanceOf: JournalUnreadable });
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["d"]);
  t.is(gapsIn(records)[0]?.count, 4);
  fs.fault = () => undefined;
  await journal.close();
  t.deepEqual(textsIn(await readAll(await openJournal({ fs }), "samples")), ["a", "b", "c", "d"]);
});

test("files of others are left alone, with a word in the log; what was half done is cleared away", async (t) => {
  const fs = await disk();
  const log = new FakeLog();
  for (const name of ["notes.txt", "01-1.seg", "9-9.seg.tmp", "3-3.idx", "x-1.seg"]) fs.put(`journal/samples/${name}`, new Uint8Array(3));
  await openJournal({ fs, log });
  const left = fs.paths.filter((path) => path.startsWith("journal/samples/")).map((path) => path.slice("journal/samples/".length));
  t.deepEqual(left, ["01-1.seg", "1-1.idx", "1-1.seg", "2-5.idx", "2-5.seg", "notes.txt", "x-1.seg"]);
  t.like(
    log.entries.find(({ message }) => message.includes("left alone")),
    { level: "warn", fields: { files: ["notes.txt", "01-1.seg", "x-1.seg"] } },
  );
});

test("pieces of damaged segments are kept, but only the newest two", async (t) => {
  const fs = new MemoryLogFs();
  for (let boot = 0; boot < 6; boot++) {
    const journal = await openJournal({ fs });
    append(journal, ..."abc");
    await journal.commit("samples", RecordKind.command, instant(1), new Uint8Array(1));
    await journal.close();
  }
  const journal = await openJournal({ fs });
  for (const path of fs.paths.filter((one) => one.includes("samples") && one.endsWith(".seg"))) flip(fs, path, 1);
  await readAll(journal, "samples");
  t.is(fs.paths.filter((path) => path.endsWith(".bad")).length, 2);
});
