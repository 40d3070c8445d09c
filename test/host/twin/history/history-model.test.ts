import test from "ava";
import fc from "fast-check";
import type { Quality } from "../../../../shared/acquisition/sample.ts";
import { instant } from "../../../../shared/base/units.ts";
import type { Reading } from "../../../../shared/twin/documents/reading.ts";
import { type Fate, HistoryLab, hour, never, reading, start } from "./history-lab.ts";
import { difference, naiveBuckets } from "./naive-buckets.ts";

const spanHours = 60;

const draft = fc.record({
  feature: fc.constantFrom("a", "a", "b"),
  // Dense in few hours, so that hours are written to again and again.
  at: fc.oneof(fc.integer({ min: 0, max: 4 * hour }), fc.integer({ min: -spanHours * hour, max: 2 * hour }), fc.constant(hour)),
  value: fc.oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(0.1, 21.35, true, false, null, "off", "9007199254740993"),
  ),
  quality: fc.constantFrom<Quality>("good", "good", "uncertain", "bad", "stale"),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

type Step =
  | { readonly do: "write"; readonly drafts: readonly Draft[]; readonly fate: Fate; readonly wait: boolean }
  | { readonly do: "repeat"; readonly which: number }
  | { readonly do: "upkeep"; readonly rounds: number; readonly wait: boolean; readonly failing: number; readonly fate: Fate }
  | { readonly do: "ticks"; readonly count: number }
  | { readonly do: "pass"; readonly hours: number }
  | { readonly do: "crash" }
  | { readonly do: "query"; readonly from: number; readonly length: number; readonly buckets: number; readonly feature: string };

const write = fc.record({
  do: fc.constant("write" as const),
  drafts: fc.array(draft, { minLength: 1, maxLength: 12 }),
  fate: fc.constantFrom<Fate>("kept", "kept", "kept", "kept", "failed", "written but failed"),
  wait: fc.boolean(),
});
const upkeep = fc.record({
  do: fc.constant("upkeep" as const),
  rounds: fc.integer({ min: 1, max: 3 }),
  wait: fc.boolean(),
  failing: fc.constantFrom(0, 0, 0, 1),
  fate: fc.constantFrom<Fate>("failed", "written but failed"),
});
const ticks = fc.record({ do: fc.constant("ticks" as const), count: fc.integer({ min: 1, max: 40 }) });
const pass = fc.record({ do: fc.constant("pass" as const), hours: fc.constantFrom(0.5, 2, 25) });
const crash = fc.constant({ do: "crash" as const });
const repeat = fc.record({ do: fc.constant("repeat" as const), which: fc.nat() });
const query = fc.record({
  do: fc.constant("query" as const),
  from: fc.integer({ min: -spanHours * hour, max: 5 * hour }),
  length: fc.oneof(fc.integer({ min: 1, max: 2 * hour }), fc.integer({ min: hour, max: spanHours * hour })),
  buckets: fc.constantFrom(1, 2, 5, 30, 500, 5000),
  feature: fc.constantFrom("a", "a", "b"),
});

interface Run {
  readonly rawDays: number;
  readonly minuteDays: number;
}

/** Carries steps out on a history and on a list of readings, and compares. */
async function carryOut(steps: readonly Step[], { rawDays, minuteDays }: Run): Promise<string | undefined> {
  const lab = await HistoryLab.memory({ rawDays, minuteDays, hourDays: 10_000 }, instant(start + 2 * hour));
  const kept: Reading[] = [];
  let waiting: Promise<unknown>[] = [];
  const writing = async (readings: readonly Reading[], fate: Fate): Promise<void> => {
    const first = lab.write(readings, fate);
    // Who is told that it failed tries again.
    const again = fate === "written but failed" ? lab.write(readings) : first;
    if ((await Promise.all([first, again])).includes(true)) kept.push(...readings);
  };
  const settled = async (): Promise<void> => {
    await Promise.all(waiting);
    waiting = [];
  };
  const check = async (step: Extract<Step, { do: "query" }>): Promise<string | undefined> => {
    const from = start + step.from;
    const to = from + step.length;
    const { width, buckets } = await lab.history.buckets({ thing: "pump", feature: step.feature, from, to, buckets: step.buckets }, never);
    if (Math.ceil(to / width) - Math.floor(from / width) > step.buckets) return `width ${width} is too short for ${step.buckets} buckets`;
    const of = kept.filter(({ feature }) => feature === step.feature);
    return difference(buckets, naiveBuckets(of, from, to, width));
  };
  for (const step of steps) {
    switch (step.do) {
      case "write": {
        const readings = step.drafts.map(({ feature, at, value, quality }) => reading(start + at, value, { feature, quality }));
        waiting.push(writing(readings, step.fate));
        if (step.wait) await settled();
        break;
      }
      case "repeat": {
        await settled();
        const again = kept[step.which % Math.max(1, kept.length)];
        if (again !== undefined) waiting.push(lab.write([again]));
        break;
      }
      case "upkeep":
        lab.failingUpkeep = step.failing;
        lab.upkeepFate = step.fate;
        waiting.push(lab.maintain(step.rounds).catch(() => {}));
        if (step.wait) await settled();
        break;
      case "ticks":
        for (let tick = 0; tick < step.count; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
        break;
      case "pass":
        await lab.pass(step.hours);
        break;
      case "crash": {
        // What is under way is lost, as one: batches end in order.
        await lab.reopen();
        await settled();
        break;
      }
      case "query": {
        await settled();
        const wrong = await check(step);
        if (wrong !== undefined) return wrong;
        break;
      }
    }
  }
  await settled();
  for (const feature of ["a", "b"]) {
    const newest = kept
      .filter((one) => one.feature === feature)
      .toSorted((a, b) => a.source - b.source || a.term - b.term || a.seq - b.seq)
      .at(-1);
    for (let turn = 0; turn < 2; turn++) {
      if (lab.history.latest("pump", feature)?.seq !== newest?.seq)
        return `${feature}: ${lab.history.latest("pump", feature)?.seq} is the newest, not ${newest?.seq}`;
      await lab.reopen();
    }
    for (const buckets of [3, 60, 5000]) {
      const wrong = await check({ do: "query", from: -spanHours * hour, length: (spanHours + 6) * hour, buckets, feature });
      if (wrong !== undefined) return wrong;
    }
  }
  await lab.pass(80);
  lab.failingUpkeep = 0;
  await lab.maintain(3);
  return await lab.unsound();
}

const holds = (steps: fc.Arbitrary<readonly Step[]>, run: Run, runs: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const wrong = await carryOut(all, run);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: runs, includeErrorInReport: true },
  );

test("buckets are those of all kept readings, whatever comes late, twice or together with upkeep, and whenever the power goes", async (t) => {
  const steps = fc.array(fc.oneof(write, write, upkeep, ticks, pass, crash, repeat, query), { maxLength: 40, size: "max" });
  await t.notThrowsAsync(holds(steps, { rawDays: 1000, minuteDays: 1000 }, 150));
});

test("buckets stay those of all readings when readings and sums of minutes are pruned between", async (t) => {
  const steps = fc.array(fc.oneof(write, write, upkeep, upkeep, ticks, pass, pass, crash, query), { maxLength: 50, size: "max" });
  await t.notThrowsAsync(holds(steps, { rawDays: 0.2, minuteDays: 0.5 }, 200));
});
