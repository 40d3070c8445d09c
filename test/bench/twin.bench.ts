import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { LevelTwinStore } from "../../firmware/twin/twin-store-level.ts";
import { MemoryTwinStore } from "../../firmware/twin/twin-store-memory.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import { instant } from "../../shared/base/units.ts";
import { featureKey } from "../../shared/twin/feature-twin.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const callers = 100;
const features = 1000;
const rounds = 7;
const roundLength = 600;

/** What twins cost: durable changes of intent against bare LevelDB, and samples on their way in. */
export async function bench(): Promise<readonly Figure[]> {
  return [await durableUpdates(), ...(await reports())];
}

const key = (index: number): `${string}/${string}` => featureKey(`pump-${Math.floor(index / 10)}`, `setpoint-${index % 10}`);

async function durableUpdates(): Promise<Figure> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const store = await LevelTwinStore.open({ directory: join(home, "twin"), clock: new NodeClock(), log: new FakeLog() });
  const raw = new ClassicLevel(join(home, "raw"));
  try {
    for (let index = 0; index < features; index++) store.report(sampleOf(Math.floor(index / 10), `setpoint-${index % 10}`, index));
    await store.flush();
    await updatesOf(store, 200);
    await batchesOf(raw, 200);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await updatesOf(store, roundLength));
      theirs.push(await batchesOf(raw, roundLength));
    }
    const ratio = median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
    return {
      name: "durable twin updates, 100 callers on 1,000 features ÷ raw classic-level sync batches of 100",
      value: median(ours),
      unit: "updates/s",
      peer: median(theirs),
      ratio,
      goal: "≥ 0.6",
      reached: ratio >= 0.6,
    };
  } finally {
    await store.close();
    await raw.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** Callers that each wait until their change is on disk and then make the next. */
async function updatesOf(store: LevelTwinStore, length: number): Promise<number> {
  const begun = performance.now();
  const end = begun + length;
  let done = 0;
  const caller = async (number: number): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn++) {
      const index = (number + turn * callers) % features;
      await store.patchDesired(key(index), { value: turn + number / 7, by: "bench", at: 1_700_000_000_000 + turn });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return done / ((performance.now() - begun) / 1000);
}

/** The same amount of bytes in batches of 100, one after the other. */
async function batchesOf(db: ClassicLevel, length: number): Promise<number> {
  const begun = performance.now();
  const value = (turn: number, number: number): string =>
    `1a1b2c3d4{"rev":${turn},"desiredRev":${turn},"observedRev":0,"desired":{"value":${turn + number / 7},"by":"bench","at":${1_700_000_000_000 + turn}},"reported":{"value":${number},"quality":"good","source":1700000000000,"received":1700000000000}}`;
  let done = 0;
  for (let turn = 0; performance.now() < begun + length; turn++) {
    const operations = Array.from({ length: callers }, (_, number) => ({
      type: "put" as const,
      key: `!twin!${key((number + turn * callers) % features)}`,
      value: value(turn, number),
    }));
    await db.batch(operations, { sync: true });
    done += callers;
  }
  return done / ((performance.now() - begun) / 1000);
}

function sampleOf(unit: number, feature: string, value: number): Sample {
  return {
    thing: `pump-${unit}`,
    feature,
    value,
    quality: "good",
    source: instant(1_700_000_000_000),
    received: instant(1_700_000_000_001),
  };
}

/** CPU time of 15,000 features that change with every sample, and of such that do not. */
async function reports(): Promise<readonly Figure[]> {
  const units = 500;
  const points = 30;
  await using store = await MemoryTwinStore.open({ clock: new NodeClock(), log: new FakeLog() });
  store.onCommit(() => {});
  const round = (value: number): readonly Sample[] =>
    Array.from({ length: units * points }, (_, index) => sampleOf(Math.floor(index / points), `p${index % points}`, value + index));
  const sets = Array.from({ length: 8 }, (_, index) => round(index));
  const steady: number[] = [];
  const changing: number[] = [];
  const committing: number[] = [];
  for (let turn = 0; turn < 24; turn++) {
    const samples = sets[turn % sets.length] ?? [];
    const again = samples.map((sample) => ({ ...sample, received: instant(sample.received + turn) }));
    changing.push(spent(() => report(store, samples)) / samples.length);
    steady.push(spent(() => report(store, again)) / samples.length);
    const begun = process.cpuUsage();
    await store.flush();
    const { user, system } = process.cpuUsage(begun);
    committing.push((user + system) / samples.length);
  }
  return [
    { name: "one report of a value that stays", value: median(steady), unit: "µs", goal: "≤ 1", reached: median(steady) <= 1 },
    { name: "one report of a value that changes", value: median(changing), unit: "µs" },
    {
      name: "commit of one changed feature without the disk",
      value: median(committing),
      unit: "µs of CPU",
      goal: "≤ 3",
      reached: median(committing) <= 3,
    },
  ];
}

function report(store: MemoryTwinStore, samples: readonly Sample[]): void {
  for (const sample of samples) store.report(sample);
}

/** Microseconds of CPU time. */
function spent(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}
