import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { Acquisition } from "../../../firmware/acquisition/acquisition.ts";
import type { DeviceConfig } from "../../../shared/acquisition/device-config.ts";
import type { UnitFacts } from "../../../shared/acquisition/learning/unit-facts.ts";
import { resolveDevice } from "../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../shared/acquisition/resolve-line.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import { metricsText } from "../../../shared/base/metrics-text.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { FakeRunner } from "../../harness/fake-runner.ts";
import { limitedUnit, type UnitBounds } from "../../harness/limited-unit.ts";
import { ScriptedLine } from "../../harness/scripted-line.ts";

interface Learner {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly line: ScriptedLine;
  readonly runner: FakeRunner;
  readonly acquisition: Acquisition;
  readonly facts: Map<string, UnitFacts>;
  readonly last: Map<string, Sample>;
  /** Quantity and address of what one cycle sends. */
  cycle(): Promise<readonly string[]>;
}

function learner(
  t: ExecutionContext | undefined,
  points: DeviceConfig["points"],
  bounds: UnitBounds,
  more: { readonly limits?: DeviceConfig["limits"]; readonly facts?: Map<string, UnitFacts> } = {},
): Learner {
  const clock = new FakeClock();
  const log = new FakeLog();
  const line = new ScriptedLine(limitedUnit(bounds));
  const runner = new FakeRunner();
  const facts = more.facts ?? new Map<string, UnitFacts>();
  const last = new Map<string, Sample>();
  const settings = resolveLine({ id: "line-1", protocol: "modbus-tcp", host: "127.0.0.1" });
  const acquisition = new Acquisition({
    devices: [
      resolveDevice({ id: "meter", line: "line-1", unit: 7, points, ...(more.limits !== undefined && { limits: more.limits }) }, settings),
    ],
    schedules: resolveSchedules({}),
    settings: [settings],
    learned: { get: (thing) => facts.get(thing), put: (thing, one) => facts.set(thing, one) },
    lines: new Map([["line-1", line]]),
    runner,
    sink: {
      accept: (batch) => {
        for (const sample of batch) last.set(sample.feature, sample);
      },
    },
    previous: () => undefined,
    onDevice: () => {},
    clock,
    log,
    random: () => 0.5,
  });
  t?.teardown(() => acquisition.close());
  return {
    clock,
    log,
    line,
    runner,
    acquisition,
    facts,
    last,
    cycle: async () => {
      line.sent.length = 0;
      await runner.cycle();
      return line.sent.map(({ request: [, high = 0, low = 0, more = 0, less = 0] }) => `${high * 256 + low}+${more * 256 + less}`);
    },
  };
}

const registers = (from: number, count: number): DeviceConfig["points"] =>
  Array.from({ length: count }, (_, n) => ({ id: `r${from + n}`, area: "holding", address: from + n }));
const all = (): UnitBounds => ({ registers: 125, bits: 2000, missing: new Set() });

test("a unit that takes less than 125 registers is found out in the first cycle, and every value is read", async (t) => {
  const { cycle, last, facts } = learner(t, registers(0, 100), { ...all(), registers: 32 });
  const first = await cycle();
  t.true(first.length <= 12, `${first}`);
  await cycle();
  t.deepEqual(await cycle(), ["0+4", "4+32", "36+32", "68+32"]);
  t.true([...last.values()].every(({ quality }) => quality === "good"));
  t.like(facts.get("meter"), { line: "line-1", unit: 7, registers: 32, holes: [] });
});

test("a missing register is read around, says why it is bad, and is told in the log with its place", async (t) => {
  const { cycle, last, log } = learner(t, registers(0, 60), { ...all(), missing: new Set([17]) });
  await cycle();
  t.deepEqual(await cycle(), ["0+17", "18+42"]);
  t.like(last.get("r17"), { value: null, quality: "bad" });
  t.regex(last.get("r17")?.reason ?? "", /refuses/);
  t.is([...last.values()].filter(({ quality }) => quality === "good").length, 59);
  const [entry] = log.entries.filter(({ level }) => level === "warn");
  t.like(entry?.fields, { line: "line-1", thing: "meter", unit: 7, function: 3, address: 0, quantity: 60 });
});

test("a gap that may not be read over is no longer bridged, and no address in it is ever asked for alone", async (t) => {
  const unit = learner(t, [...registers(0, 5), ...registers(20, 5)], { ...all(), missing: new Set([11]) });
  const sent = [...(await unit.cycle()), ...(await unit.cycle())];
  t.deepEqual(await unit.cycle(), ["0+5", "20+5"]);
  t.true(
    sent.every((read) => !/^(1[0-9]|[5-9])\+/.test(read)),
    `${sent}`,
  );
});

test("a border between two blocks of registers is not crossed", async (t) => {
  const { cycle, last } = learner(t, registers(0, 40), { ...all(), borders: [16] });
  await cycle();
  t.deepEqual(await cycle(), ["0+16", "16+24"]);
  t.true([...last.values()].every(({ quality }) => quality === "good"));
});

test("a unit that says nothing to a read that is too large is found out as well", async (t) => {
  const { cycle, last, clock } = learner(t, [...registers(0, 60), { id: "other", area: "input", address: 0 }], {
    ...all(),
    registers: 20,
    silent: true,
  });
  for (let n = 0; n < 25; n += 1) {
    await clock.advance(millis(1000));
    await cycle();
  }
  t.true([...last.values()].every(({ quality }) => quality === "good"));
});

test("a unit with nothing but one read that it leaves unanswered is not taken for dead", async (t) => {
  const { cycle, last, clock } = learner(t, registers(0, 60), { ...all(), registers: 20, silent: true });
  for (let n = 0; n < 120; n += 1) {
    await clock.advance(millis(1000));
    await cycle();
  }
  t.true([...last.values()].every(({ quality }) => quality === "good"));
});

test("what was learned is used from the first poll after a restart", async (t) => {
  const bounds = { ...all(), registers: 32, missing: new Set([50]) };
  const before = learner(t, registers(0, 60), bounds);
  await before.cycle();
  await before.cycle();
  const plan = await before.cycle();
  const after = learner(t, registers(0, 60), bounds, { facts: before.facts });
  t.deepEqual(await after.cycle(), plan);
  t.is(after.last.get("r50")?.quality, "bad");
});

test("facts of another unit, or about points that are no longer there, are not believed", async (t) => {
  const facts = (unit: number): Map<string, UnitFacts> =>
    new Map([
      [
        "meter",
        {
          line: "line-1",
          unit,
          holes: [
            { area: "holding", from: 2, to: 2, kind: "value" },
            { area: "holding", from: 10, to: 12, kind: "gap" },
          ],
        },
      ],
    ]);
  t.deepEqual(await learner(t, registers(0, 20), all(), { facts: facts(8) }).cycle(), ["0+20"]);
  t.deepEqual(await learner(t, registers(3, 17), all(), { facts: facts(7) }).cycle(), ["3+17"]);
  t.deepEqual(await learner(t, registers(0, 5), all(), { facts: facts(7) }).cycle(), ["0+2", "3+2"]);
});

test("what was learned is doubted after a minute, then after twice as long each time: a unit that was exchanged is not stuck", async (t) => {
  const bounds = { ...all(), registers: 32, missing: new Set([50]) };
  const { cycle, clock, last } = learner(t, registers(0, 60), bounds);
  for (let n = 0; n < 2; n += 1) await cycle();
  const known = await cycle();
  let doubts = 0;
  for (let minute = 0; minute < 32; minute += 1) {
    await clock.advance(millis(60_000));
    doubts += (await cycle()).length - known.length;
    doubts += (await cycle()).length - known.length;
  }
  t.true(doubts >= 8 && doubts <= 12, `${doubts} doubts`);
  bounds.registers = 125;
  bounds.missing.clear();
  await clock.advance(millis(3_600_000));
  for (let n = 0; n < 4; n += 1) await cycle();
  t.deepEqual(await cycle(), ["0+60"]);
  t.is(last.get("r50")?.quality, "good");
});

test("a unit that refuses everything while it starts is whole within minutes", async (t) => {
  const bounds = { ...all(), missing: new Set(Array.from({ length: 30 }, (_, n) => n)) };
  const { cycle, clock, last } = learner(t, registers(0, 30), bounds);
  await cycle();
  await clock.advance(millis(1000));
  await cycle();
  t.true([...last.values()].every(({ quality }) => quality === "bad"));
  bounds.missing.clear();
  for (let n = 0; n < 120; n += 1) {
    await clock.advance(millis(1000));
    await cycle();
  }
  t.true([...last.values()].every(({ quality }) => quality === "good"));
  t.deepEqual(await cycle(), ["0+30"]);
});

test("with learning off nothing is tried, and a refused read is bad as a whole", async (t) => {
  const { cycle, last, facts } = learner(t, registers(0, 10), { ...all(), missing: new Set([3]) }, { limits: { learn: false } });
  t.deepEqual(await cycle(), ["0+10"]);
  t.true([...last.values()].every(({ quality }) => quality === "bad"));
  t.is(facts.size, 0);
});

test("a unit that may not be bridged is not probed over gaps", async (t) => {
  const { cycle } = learner(
    t,
    [...registers(0, 8), ...registers(20, 8)],
    { ...all(), missing: new Set([2]) },
    { limits: { bridge: false } },
  );
  const sent = [...(await cycle()), ...(await cycle()), ...(await cycle())];
  t.true(
    sent.every((read) => {
      const [address = 0, quantity = 0] = read.split("+").map(Number);
      return address + quantity <= 8 || address >= 20;
    }),
    `${sent}`,
  );
});

test("a device that has trouble of its own is left alone a little longer each time, and its value is bad", async (t) => {
  const { cycle, line, last, clock } = learner(t, registers(0, 3), all());
  line.script = (_unit, [code = 0]) => [code | 0x80, 4];
  let reads = 0;
  for (let n = 0; n < 60; n += 1) {
    reads += (await cycle()).length;
    t.is(last.get("r0")?.quality, "bad");
    await clock.advance(millis(1000));
  }
  t.true(reads >= 4 && reads <= 12, `${reads} reads`);
});

test("a function that the unit does not know is asked for once, and then after a minute", async (t) => {
  const { cycle, line, clock } = learner(t, [...registers(0, 3), { id: "input", area: "input", address: 0 }], all());
  const usual = line.script;
  line.script = (unit, request) => (request[0] === 4 ? [0x84, 1] : usual(unit, request));
  t.deepEqual((await cycle()).length, 2);
  t.deepEqual((await cycle()).length, 1);
  await clock.advance(millis(60_000));
  t.deepEqual((await cycle()).length, 2);
});

test("a damaged reply is asked for again at once, once", async (t) => {
  const { line, cycle, last } = learner(t, registers(0, 2), all());
  const usual = line.script;
  let damaged = 1;
  line.script = (unit, request) => (damaged-- > 0 ? [3, 9] : usual(unit, request));
  t.deepEqual(await cycle(), ["0+2", "0+2"]);
  t.is(last.get("r0")?.quality, "good");
});

test("what was learned shows in the metrics", async (t) => {
  const { cycle, acquisition } = learner(t, registers(0, 60), { ...all(), registers: 32, missing: new Set([50]) });
  await cycle();
  await cycle();
  const text = metricsText(acquisition.metrics());
  for (const expected of [
    'learned_limit{line="line-1",thing="meter",unit="7",of="registers"} 32',
    'learned_holes{line="line-1",thing="meter",unit="7"} 1',
  ])
    t.true(text.includes(`penstock_${expected}`), text);
});

const somePoints = fc
  .uniqueArray(
    fc.record({
      area: fc.constantFrom("holding" as const, "coil" as const),
      address: fc.integer({ min: 0, max: 200 }),
      words: fc.integer({ min: 1, max: 4 }),
    }),
    {
      minLength: 1,
      maxLength: 60,
      selector: ({ area, address }) => `${area}${address}`,
    },
  )
  .map((drawn): DeviceConfig["points"] =>
    drawn.map(({ area, address, words }) => ({ id: `${area}${address}`, area, address, ...(words > 1 && { count: words }) })),
  );
const someBounds = fc.record({
  registers: fc.integer({ min: 4, max: 125 }),
  bits: fc.integer({ min: 4, max: 300 }),
  missing: fc.array(fc.integer({ min: 0, max: 204 }), { maxLength: 8 }),
  borders: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
});

test("whatever a unit refuses, every value that it gives alone is soon read good, and the plan then stays as it is", async (t) => {
  await fc.assert(
    fc.asyncProperty(somePoints, someBounds, async (points, { missing, ...bounds }) => {
      const unit = learner(undefined, points, { ...bounds, missing: new Set(missing) });
      const alone = limitedUnit({ ...bounds, missing: new Set(missing) });
      let sent = 0;
      for (let n = 0; n < 40; n += 1) sent += (await unit.cycle()).length;
      const plan = await unit.cycle();
      t.deepEqual(await unit.cycle(), plan);
      unit.acquisition.close();
      let refused = 0;
      for (const { id, area, address, count = 1 } of points) {
        const reply = alone(7, Uint8Array.of(area === "coil" ? 1 : 3, address >> 8, address & 255, 0, count));
        const readable = typeof reply !== "string" && (reply[0] ?? 0) < 0x80;
        if (!readable) refused += 1;
        t.is(unit.last.get(id)?.quality, readable ? "good" : "bad", id);
      }
      t.true(sent - 40 * plan.length <= 40 + 12 * (refused + missing.length + 6), `${sent} exchanges`);
    }),
    { numRuns: 150 },
  );
});
