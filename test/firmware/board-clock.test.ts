import test from "ava";
import { Acquisition } from "../../firmware/acquisition/acquisition.ts";
import { NodeTaskRunner } from "../../firmware/acquisition/tasks/task-runner.ts";
import { SampleRecorder } from "../../firmware/pipeline/sample-recorder.ts";
import { MemoryTwinStore } from "../../firmware/twin/twin-store-memory.ts";
import { resolveDevice } from "../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../shared/acquisition/resolve-line.ts";
import { resolveSchedules } from "../../shared/acquisition/tasks/resolve-schedule.ts";
import { instant, type Millis, millis } from "../../shared/base/units.ts";
import { beginning } from "../../shared/pipeline/cursor.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import { resolveJournal } from "../../shared/pipeline/resolve-journal.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { ScriptedLine, unitScript } from "../harness/scripted-line.ts";
import { gapsIn, openJournal, readAll, room } from "./pipeline/open-journal.ts";

const year = 365.25 * 86_400_000;
const second = millis(1000);

/** A device polled each second, its twin, and its samples in a journal, on a board whose clock was never set. */
async function board() {
  const clock = new FakeClock(instant(0));
  const log = new FakeLog();
  const registers = new Map([[0, 0]]);
  const line = new ScriptedLine((unit, request) => {
    registers.set(0, ((registers.get(0) ?? 0) + 1) & 0xffff);
    return unitScript(registers)(unit, request);
  });
  const settings = resolveJournal({ keep: "1 h" }, room);
  const journal = await openJournal({ clock, log, settings });
  const recorder = new SampleRecorder({ journal, settings, clock });
  const store = await MemoryTwinStore.open({ clock, log });
  const runner = new NodeTaskRunner({ clock, log });
  const resolved = resolveLine({ id: "line-1", protocol: "modbus-tcp", host: "127.0.0.1" });
  const points = [{ id: "level", area: "holding" as const, address: 0 }];
  const acquisition = new Acquisition({
    devices: [resolveDevice({ id: "pump", line: "line-1", unit: 1, schedule: "second", points }, resolved)],
    schedules: resolveSchedules({ second: { every: "1 s" } }),
    lines: new Map([["line-1", line]]),
    runner,
    sink: {
      accept: (batch) => {
        for (const sample of batch) store.report(sample);
        recorder.accept(batch);
      },
    },
    previous: () => undefined,
    onDevice: () => {},
    clock,
    log,
  });
  const polls = async (span: Millis): Promise<number> => {
    const before = line.sent.length;
    for (let passed = 0; passed < span; passed += second) await clock.advance(second);
    return line.sent.length - before;
  };
  return { clock, log, journal, recorder, store, runner, acquisition, polls };
}

test("a board whose clock stands at 1970 and then jumps by fifty years polls on without a pause, and its records tell both times in their order", async (t) => {
  const { clock, log, journal, recorder, store, runner, acquisition, polls } = await board();
  await polls(millis(2000));
  t.is(await polls(millis(10_000)), 10);
  clock.jumpWall(millis(50 * year));
  t.is(await polls(millis(10_000)), 10);
  clock.jumpWall(millis(-20 * year));
  t.is(await polls(millis(10_000)), 10);
  await journal.flush();
  const records = (await readAll(journal, "samples")).filter(({ kind }) => kind === RecordKind.sample);
  const years = records.map(({ micros }) => Math.floor(micros / 1000 / year));
  t.deepEqual([...new Set(years)], [0, 50, 30]);
  t.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, index) => (records[0]?.seq ?? 0) + index),
  );
  t.deepEqual(gapsIn(await readAll(journal, "samples")), []);
  t.is(store.get("pump/level")?.reported?.["quality"], "good");
  t.deepEqual(
    log.entries.filter(({ level }) => level === "error"),
    [],
  );
  await runner.close();
  await acquisition.close();
  recorder.close();
  await store.close();
  await journal.close();
  t.is(clock.armed, 0);
});

test("records of 1970 that the gateway does not have stay when the clock jumps by fifty years", async (t) => {
  const { clock, journal, recorder, store, runner, acquisition, polls } = await board();
  await polls(millis(10_000));
  await journal.flush();
  clock.jumpWall(millis(50 * year));
  await polls(millis(3000));
  await journal.flush();
  const { last } = journal.info("samples");
  t.is((await readAll(journal, "samples", beginning)).at(-1)?.seq, last.seq);
  journal.acknowledge("samples", { ...last, seq: 5 });
  await polls(millis(3000));
  t.true((await readAll(journal, "samples", { ...last, seq: 5 })).length >= 10);
  await runner.close();
  await acquisition.close();
  recorder.close();
  await store.close();
  await journal.close();
});
