import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LearnedFile } from "../../../firmware/acquisition/learned-file.ts";
import type { UnitFacts } from "../../../shared/acquisition/learning/unit-facts.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { until } from "../../harness/until.ts";

const facts = (registers: number): UnitFacts => ({
  line: "bus",
  unit: 5,
  registers,
  holes: [{ area: "holding", from: 4, to: 9, kind: "gap" }],
});
const things = new Set(["pump", "meter"]);
const minute = millis(60_000);

test("what was learned is there after a restart, of things that are still there", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "learned.json");
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const first = await LearnedFile.open({ file, things, clock, log });
  first.put("pump", facts(32));
  first.put("meter", facts(64));
  first.put("stranger", facts(1));
  await first.close();
  const second = await LearnedFile.open({ file, things: new Set(["pump"]), clock, log });
  t.deepEqual(second.get("pump"), facts(32));
  t.is(second.get("meter"), undefined);
  t.is(second.get("stranger"), undefined);
  await second.close();
  t.deepEqual(log.entries, []);
  t.is(clock.armed, 0);
});

test("how many transactions a line bears is there after a restart, of lines that are still there", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "learned.json");
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const first = await LearnedFile.open({ file, things, lines: new Set(["bus", "other"]), clock, log });
  t.is(first.inFlight("bus"), undefined);
  first.putInFlight("bus", 8);
  first.putInFlight("other", 4);
  first.putInFlight("stranger", 2);
  first.put("pump", facts(32));
  await first.close();
  const second = await LearnedFile.open({ file, things, lines: new Set(["bus", "stranger"]), clock, log });
  t.deepEqual([second.inFlight("bus"), second.inFlight("other"), second.inFlight("stranger")], [8, undefined, undefined]);
  t.deepEqual(second.get("pump"), facts(32));
  await second.close();
});

test("it writes a minute after the first change, all changes together, and nothing when nothing changed", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "learned.json");
  const clock = new FakeClock();
  const learned = await LearnedFile.open({ file, things, clock, log: new FakeLog() });
  const writes = (): number | undefined => learned.metrics()[0]?.values[0]?.value;
  for (let n = 1; n <= 20; n += 1) learned.put("pump", facts(n));
  await clock.advance(millis(59_000));
  t.false(existsSync(file));
  await clock.advance(millis(1000));
  await until(() => writes() === 1);
  learned.put("pump", facts(20));
  const cost = { perRequest: 1000, perRegister: 4, perBit: 0.25 };
  learned.put("pump", { ...facts(20), cost });
  await clock.advance(minute);
  await until(() => writes() === 2);
  learned.put("pump", { ...facts(20), cost: { ...cost, perRequest: 1100 } });
  t.is(clock.armed, 0);
  t.deepEqual(learned.get("pump")?.cost, cost);
  await learned.close();
  t.is(writes(), 2);
});

for (const [what, damage] of [
  ["cut", (text: string) => text.slice(0, 40)],
  ["changed", (text: string) => text.replace('"registers":32', '"registers":33')],
  ["empty", () => ""],
  ["no JSON", () => "\u0000\u0000"],
  ["of another format", (text: string) => text.replace('"format":1', '"format":9')],
] as const) {
  test(`a file that is ${what} is set aside, and the generation before is used`, async (t) => {
    using scratch = new ScratchDirectory();
    const file = join(scratch.path, "learned.json");
    const [clock, log] = [new FakeClock(), new FakeLog()];
    for (const registers of [16, 32]) {
      const learned = await LearnedFile.open({ file, things, clock, log });
      learned.put("pump", facts(registers));
      await learned.close();
    }
    const text = readFileSync(file, "utf8");
    t.true(text.includes('"registers":32'));
    writeFileSync(file, damage(text));
    const learned = await LearnedFile.open({ file, things, clock, log });
    t.deepEqual(learned.get("pump"), facts(16));
    t.true(existsSync(`${file}.corrupt`));
    t.is(log.entries.filter(({ level }) => level === "warn").length, 1);
    await learned.close();
  });
}

test("with both generations damaged it begins with nothing", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "learned.json");
  for (const name of [file, `${file}.previous`]) writeFileSync(name, "{");
  const learned = await LearnedFile.open({ file, things, clock: new FakeClock(), log: new FakeLog() });
  t.is(learned.get("pump"), undefined);
  await learned.close();
});

test("a disk that takes nothing is told once, counted, and tried again", async (t) => {
  using scratch = new ScratchDirectory();
  const folder = join(scratch.path, "gone");
  const file = join(folder, "learned.json");
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const learned = await LearnedFile.open({ file, things, clock, log });
  const [writes, failures] = [0, 1].map((n) => () => learned.metrics()[n]?.values[0]?.value);
  learned.put("pump", facts(32));
  for (const count of [1, 2]) {
    await clock.advance(minute);
    await until(() => failures?.() === count);
  }
  t.is(log.entries.length, 1);
  mkdirSync(folder);
  await clock.advance(minute);
  await until(() => writes?.() === 1);
  await learned.close();
  rmSync(folder, { recursive: true });
});
