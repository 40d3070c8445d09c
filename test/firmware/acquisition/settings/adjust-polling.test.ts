import test from "ava";
import { Acquisition } from "../../../../firmware/acquisition/acquisition.ts";
import { pollingOf, switchedOff, type ThingPolling } from "../../../../firmware/acquisition/settings/thing-polling.ts";
import type { ThingSettings } from "../../../../firmware/acquisition/settings/thing-settings.ts";
import type { DeviceConfig } from "../../../../shared/acquisition/device-config.ts";
import { resolveDevice } from "../../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../../shared/acquisition/resolve-line.ts";
import type { Sample } from "../../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../../shared/acquisition/tasks/resolve-schedule.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { FakeRunner } from "../../../harness/fake-runner.ts";
import { ScriptedLine, unitScript } from "../../../harness/scripted-line.ts";

const points: DeviceConfig["points"] = [
  { id: "level", area: "holding", address: 0 },
  { id: "flow", area: "holding", address: 1, schedule: "slow" },
  { id: "set", area: "holding", address: 2, write: {} },
];
const never = new AbortController().signal;

/** A unit with three registers, polled as its settings say. */
class Plant {
  readonly clock = new FakeClock();
  readonly runner = new FakeRunner();
  readonly registers = new Map([
    [0, 10],
    [1, 20],
    [2, 30],
  ]);
  readonly line = new ScriptedLine(unitScript(this.registers));
  readonly samples: Sample[] = [];
  readonly states: { readonly online: boolean; readonly reason: string }[] = [];
  readonly acquisition: Acquisition;
  readonly #schedules = resolveSchedules({ slow: { every: "10 s" } });
  readonly #device = resolveDevice(
    { id: "pump", line: "line-1", unit: 7, points },
    resolveLine({ id: "line-1", protocol: "modbus-tcp", host: "127.0.0.1" }),
  );

  constructor(settings: ThingSettings = {}) {
    this.acquisition = new Acquisition({
      devices: [this.#device],
      schedules: this.#schedules,
      lines: new Map([["line-1", this.line]]),
      runner: this.runner,
      sink: { accept: (batch) => this.samples.push(...batch) },
      previous: () => undefined,
      onDevice: ({ online, reason }) => this.states.push({ online, reason }),
      polling: () => this.#polling(settings),
      clock: this.clock,
      log: new FakeLog(),
    });
  }

  #polling(settings: ThingSettings): ThingPolling {
    return pollingOf(this.#device, this.#schedules, settings);
  }

  set(settings: ThingSettings): void {
    this.acquisition.adjust("pump", this.#polling(settings));
  }

  /** Period and points of each poll that the runner has. */
  async polls(): Promise<readonly (readonly [every: number, ...points: string[]])[]> {
    const polls: [number, ...string[]][] = [];
    for (const task of this.runner.tasks.values()) {
      const before = this.samples.length;
      await task.run(never);
      const { schedule } = task;
      polls.push([schedule.kind === "periodic" ? schedule.every : 0, ...this.samples.slice(before).map(({ feature }) => feature)]);
    }
    return polls;
  }

  last(feature: string): Sample | undefined {
    return this.samples.findLast((sample) => sample.feature === feature);
  }
}

test("another period takes the place of the configured ones, a point's own the place of both, and none is left behind", async (t) => {
  const plant = new Plant();
  t.deepEqual(await plant.polls(), [
    [1000, "level", "set"],
    [10_000, "flow"],
  ]);
  plant.set({ period: 500 });
  t.deepEqual(
    (await plant.polls()).map(([every, ...names]) => [every, names.sort()]),
    [
      [500, ["level", "set"]],
      [500, ["flow"]],
    ],
  );
  plant.set({ period: 500, points: { level: { period: 50 } } });
  t.deepEqual(await plant.polls(), [
    [50, "level"],
    [500, "flow"],
    [500, "set"],
  ]);
  plant.set({});
  t.deepEqual(await plant.polls(), [
    [1000, "level", "set"],
    [10_000, "flow"],
  ]);
  t.is(plant.runner.tasks.size, 2);
});

test("a deadband holds back smaller differences from the next sample on", async (t) => {
  const plant = new Plant();
  plant.set({ points: { level: { deadband: 5 } } });
  await plant.runner.cycle();
  plant.registers.set(0, 14);
  await plant.runner.cycle();
  t.is(plant.last("level")?.value, 10);
  plant.registers.set(0, 15);
  await plant.runner.cycle();
  t.is(plant.last("level")?.value, 15);
});

test("a device that is switched off is asked nothing, its points are stale at once with the reason, and it comes back", async (t) => {
  const plant = new Plant();
  await plant.runner.cycle();
  t.is(plant.last("level")?.quality, "good");
  plant.set({ enabled: false });
  for (const feature of ["level", "flow", "set"]) t.like(plant.last(feature), { quality: "stale", reason: switchedOff });
  t.like(plant.last("level"), { value: 10 });
  t.deepEqual(plant.states.at(-1), { online: false, reason: switchedOff });
  t.is(plant.runner.tasks.size, 0);
  const asked = plant.line.sent.length;
  await plant.clock.advance(millis(120_000));
  t.is(plant.line.sent.length, asked);

  await plant.acquisition.actuator.write("pump", "set", 31, "anna", never);
  t.like(plant.last("set"), { value: 31 });
  await plant.clock.advance(millis(1000));
  t.like(plant.last("set"), { value: 31, quality: "stale", reason: switchedOff });

  plant.set({});
  await plant.runner.cycle();
  t.like(plant.last("level"), { value: 10, quality: "good" });
  t.is(plant.states.at(-1)?.online, true);
});

test("a device that went silent is not even probed while it is switched off", async (t) => {
  const plant = new Plant();
  const answers = plant.line.script;
  plant.line.script = () => "timeout";
  for (let run = 0; run < 8; run++) {
    await plant.runner.cycle();
    await plant.clock.advance(millis(1000));
  }
  plant.set({ enabled: false });
  const asked = plant.line.sent.length;
  await plant.clock.advance(millis(300_000));
  t.is(plant.line.sent.length, asked);
  plant.line.script = answers;
  plant.set({});
  for (let run = 0; run < 5; run++) {
    await plant.clock.advance(millis(1000));
    await plant.runner.cycle();
  }
  t.is(plant.last("level")?.quality, "good");
});

test("a device that is switched off when the board starts is not asked, and says why", async (t) => {
  const plant = new Plant({ enabled: false });
  await plant.runner.cycle();
  await plant.clock.advance(millis(60_000));
  t.deepEqual(plant.line.sent, []);
  t.like(plant.last("level"), { value: null, quality: "stale", reason: switchedOff });
  plant.set({});
  await plant.runner.cycle();
  t.is(plant.last("level")?.value, 10);
});
