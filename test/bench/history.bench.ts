import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { LevelHistory } from "../../host/twin/history/level-history.ts";
import { instant } from "../../shared/base/units.ts";
import type { Reading } from "../../shared/twin/documents/reading.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const day = 86_400_000;
const days = 30;
const start = 19_700 * day;
const end = start + days * day;
const perBatch = 10_000;
const rounds = 7;
const never = new AbortController().signal;
const point = { thing: "pump-station", feature: "level" };
const question = { ...point, from: start, to: end, buckets: 500 };
const prefix = Uint8Array.of(0x21, 0x72, 0x21);

type Db = ClassicLevel<Uint8Array, Uint8Array>;

/** What history costs: a month of one point at one reading a second, on its way in and as 500 buckets. */
export async function bench(): Promise<readonly Figure[]> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  try {
    const loaded = await load(home);
    const fresh: number[] = [];
    const again: number[] = [];
    const unsummed: number[] = [];
    const open: number[] = [];
    let spans = 0;
    for (let round = 0; round < rounds; round++) {
      await using db = await database(home);
      const begun = performance.now();
      const history = await historyIn(db);
      open.push(performance.now() - begun);
      fresh.push(
        await timed(async () => {
          spans = (await history.buckets(question, never)).buckets.length;
        }),
      );
      again.push(await timed(() => history.buckets(question, never)));
      unsummed.push(await timed(() => history.buckets({ ...question, from: end - 2 * 3_600_000 }, never)));
    }
    const peer = await naive(home);
    if (spans < 400 || spans > 500 || peer.buckets < 400)
      throw new Error(`${spans} spans and ${peer.buckets} were answered, not 500 or a little less`);
    return [
      { name: "readings put into batches, without the database", value: loaded.write, unit: "µs of CPU a reading" },
      { name: "readings written in batches of 10,000, all in all", value: loaded.all, unit: "µs a reading" },
      { name: "hours summed up afterwards", value: loaded.summed, unit: "µs of CPU a reading" },
      { name: "a reading on disk, with its share of sums", value: loaded.bytes, unit: "bytes" },
      {
        name: `${days} days at 1 s (${loaded.readings.toLocaleString("en")} readings) to ${spans} buckets, store just opened ÷ all readings with classic-level`,
        value: median(fresh),
        unit: "ms",
        peer: peer.time,
        ratio: median(fresh) / peer.time,
        goal: "≤ 150 ms",
        reached: median(fresh) <= 150,
      },
      { name: "the same again", value: median(again), unit: "ms", goal: "≤ 150 ms", reached: median(again) <= 150 },
      { name: "its last two hours, from single readings where they are not summed up yet", value: median(unsummed), unit: "ms" },
      { name: "history opened", value: median(open), unit: "ms" },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function database(home: string): Promise<Db & AsyncDisposable> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(join(home, "db"), { keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  return db;
}

/** The last hour is not over for long enough to be summed up. */
const historyIn = (db: Db): Promise<LevelHistory> =>
  LevelHistory.open({ db, prefix, clock: new FakeClock(instant(end + 60_000)), log: new FakeLog(), settings: { rawDays: 40 } });

interface Loaded {
  readonly readings: number;
  readonly write: number;
  readonly all: number;
  readonly summed: number;
  readonly bytes: number;
}

async function load(home: string): Promise<Loaded> {
  await using db = await database(home);
  const history = await historyIn(db);
  let readings = 0;
  let writing = 0;
  const begun = performance.now();
  for (let from = start; from < end; from += perBatch * 1000) {
    const batch = Array.from({ length: Math.min(perBatch, (end - from) / 1000) }, (_, index) => readingAt(from + index * 1000));
    const operations: { type: "put"; key: Uint8Array; value: Uint8Array }[] = [];
    const before = process.cpuUsage();
    const write = history.write(batch, { put: (key, value) => operations.push({ type: "put", key, value }), del: () => {} });
    const { user, system } = process.cpuUsage(before);
    writing += user + system;
    await db.batch(operations);
    write.committed();
    readings += batch.length;
  }
  const all = ((performance.now() - begun) * 1000) / readings;
  const before = process.cpuUsage();
  for (let round = 0; round < 2; round++) {
    await history.maintain(async (fill) => {
      const batch = db.batch();
      fill({ put: (key, value) => batch.put(key, value), del: (key) => batch.del(key) });
      await batch.write();
    }, never);
  }
  const { user, system } = process.cpuUsage(before);
  await db.compactRange(Uint8Array.of(0), Uint8Array.of(255));
  return {
    readings,
    write: writing / readings,
    all,
    summed: (user + system) / readings,
    bytes: (await sizeOf(join(home, "db"))) / readings,
  };
}

/** A tank that fills and empties, measured to the millimetre, as it comes from a board. */
function readingAt(source: number): Reading {
  const seq = (source - start) / 1000 + 1;
  const value = Math.round((3 + 2 * Math.sin(seq / 900) + ((seq * 7919) % 13) / 1000) * 1000) / 1000;
  return { ...point, value, quality: seq % 5000 === 0 ? "uncertain" : "good", source, received: source + (seq % 40), term: 3, seq };
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}

/** What anybody would do with the same records: go through all of them. */
async function naive(home: string): Promise<{ readonly time: number; readonly buckets: number }> {
  await using db = await database(home);
  const sums = new Map<number, { count: number; sum: number; min: number; max: number }>();
  const width = (end - start) / question.buckets;
  const time = await timed(async () => {
    const iterator = db.iterator({ gte: Uint8Array.of(...prefix, 8), lt: Uint8Array.of(...prefix, 9), highWaterMarkBytes: 128 * 1024 });
    for (;;) {
      const entries = await iterator.nextv(1000);
      if (entries.length === 0) break;
      for (const [key, bytes] of entries) {
        const place = new DataView(key.buffer, key.byteOffset, key.length);
        const source = place.getUint32(prefix.length + 5) * 2 ** 32 + place.getUint32(prefix.length + 9) - 2 ** 51;
        const value = bytes[bytes.length - 1] ?? 0;
        const at = Math.floor(source / width);
        const sum = sums.get(at);
        if (sum === undefined) sums.set(at, { count: 1, sum: value, min: value, max: value });
        else {
          sum.count += 1;
          sum.sum += value;
          sum.min = Math.min(sum.min, value);
          sum.max = Math.max(sum.max, value);
        }
      }
    }
    await iterator.close();
  });
  return { time, buckets: sums.size };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
