import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlashWear } from "../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../firmware/pipeline/log-fs-node.ts";
import { SegmentedJournal } from "../../firmware/pipeline/segmented-journal.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { instant } from "../../shared/base/units.ts";
import { beginning } from "../../shared/pipeline/cursor.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import { resolveJournal, samplesStream } from "../../shared/pipeline/resolve-journal.ts";
import { encodeSample } from "../../shared/pipeline/sample-record.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const rounds = 11;
const restarts = 5;
const records = 150_000;
const restartRecords = 1_000_000;
/** Samples come in turns of the event loop, as from polls, and wait once so many bytes are not on disk. */
const turn = 512;
const mostWaiting = 1_000_000;
const block = 65_536;
const gigabyte = 1_073_741_824;

/** What the journal costs: appending against writing the same bytes plainly, starting with much in it, and reading it back. */
export async function bench(): Promise<readonly Figure[]> {
  return [await appends(), ...(await restart())];
}

interface Opened {
  readonly journal: SegmentedJournal;
  readonly wear: FlashWear;
}

async function openAt(directory: string): Promise<Opened> {
  const clock = new NodeClock();
  const wear = new FlashWear({ clock });
  const journal = await SegmentedJournal.open({
    fs: new NodeLogFs(wear),
    directory,
    settings: resolveJournal({}, gigabyte),
    clock,
    log: new FakeLog(),
    random: Math.random,
    newBootId: () => randomBytes(16).toString("hex"),
  });
  return { journal, wear };
}

function payloads(): readonly Uint8Array[] {
  return Array.from({ length: 1000 }, (_, index) =>
    encodeSample({
      thing: `pump-${index % 40}`,
      feature: `pressure-${Math.floor(index / 40)}`,
      value: index * 1.37,
      quality: "good",
      source: instant(1_700_000_000_000 + index),
      received: instant(1_700_000_000_000 + index),
    }),
  );
}

/** Appends samples as fast as the journal takes them, and waits until all are on disk. */
async function fill(journal: SegmentedJournal, count: number): Promise<void> {
  const some = payloads();
  let room = (): void => {};
  const end = journal.onDurable(() => room());
  let waiting = 0;
  let durable = journal.info(samplesStream).durable.seq;
  for (let at = 0; at < count; at++) {
    const payload = some[at % some.length];
    if (payload === undefined) break;
    journal.append(samplesStream, RecordKind.sample, instant(1_700_000_000_000 + at), payload);
    waiting += payload.length + 31;
    if (at % turn !== turn - 1) continue;
    await new Promise<void>((resolve) => {
      if (waiting < mostWaiting) setImmediate(resolve);
      else room = resolve;
    });
    const { seq } = journal.info(samplesStream).durable;
    waiting = Math.max(0, waiting - (seq - durable) * (payload.length + 31));
    durable = seq;
  }
  end();
  await journal.flush();
}

/** Writes as many bytes in blocks of 64 KiB, with a sync after as many bytes. Gives the seconds it took. */
async function plainWrites(path: string, bytes: number, bytesPerSync: number): Promise<number> {
  const data = randomBytes(block);
  const file = await open(path, "w");
  const begun = performance.now();
  let unsynced = 0;
  for (let left = bytes; left > 0; left -= block) {
    const { bytesWritten } = await file.write(data, 0, Math.min(block, left));
    unsynced += bytesWritten;
    if (unsynced < bytesPerSync) continue;
    await file.datasync();
    unsynced = 0;
  }
  await file.datasync();
  const seconds = (performance.now() - begun) / 1000;
  await file.close();
  return seconds;
}

async function appends(): Promise<Figure> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const { journal, wear } = await openAt(join(home, `journal-${round}`));
      const before = { bytes: wear.bytesWritten, syncs: wear.syncs };
      const begun = performance.now();
      await fill(journal, records);
      const seconds = (performance.now() - begun) / 1000;
      const bytes = wear.bytesWritten - before.bytes;
      const bytesPerSync = bytes / (wear.syncs - before.syncs);
      await journal.close();
      const plain = await plainWrites(join(home, `plain-${round}`), bytes, bytesPerSync);
      if (round === 0) continue;
      ours.push(bytes / seconds / 1e6);
      theirs.push(bytes / plain / 1e6);
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  const ratio = median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
  return {
    name: "journal append, samples of 100 bytes ÷ plain sequential writes with the same fsync interval",
    value: median(ours),
    unit: "MB/s",
    peer: median(theirs),
    ratio,
    goal: "≥ 0.5",
    reached: ratio >= 0.5,
  };
}

async function restart(): Promise<readonly Figure[]> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const directory = join(home, "journal");
  try {
    const first = await openAt(directory);
    await fill(first.journal, restartRecords);
    await first.journal.close();
    const starts: number[] = [];
    for (let round = 0; round < restarts; round++) {
      const begun = performance.now();
      const { journal } = await openAt(directory);
      await journal.commit(samplesStream, RecordKind.sample, instant(1_700_000_000_000), new Uint8Array(60));
      starts.push((performance.now() - begun) / 1000);
      await journal.close();
    }
    const seconds = median(starts);
    const { journal } = await openAt(directory);
    const rate = await readRate(journal);
    await journal.close();
    return [
      {
        name: "restart with 1,000,000 journal records: open to first append on disk",
        value: seconds,
        unit: "s",
        goal: "≤ 1",
        reached: seconds <= 1,
      },
      { name: "journal read back in batches of 2,000 records, each checked", value: rate, unit: "records/s" },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function readRate(journal: SegmentedJournal): Promise<number> {
  const begun = performance.now();
  let after = beginning;
  let read = 0;
  for (;;) {
    const batch = await journal.read(samplesStream, after, { records: 2000, bytes: 131_072 });
    read += batch.count;
    after = batch.last;
    if (!batch.more) return read / ((performance.now() - begun) / 1000);
  }
}
