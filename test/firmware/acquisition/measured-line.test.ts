import test, { type ExecutionContext } from "ava";
import { Acquisition } from "../../../firmware/acquisition/acquisition.ts";
import { NodeTaskRunner } from "../../../firmware/acquisition/tasks/task-runner.ts";
import type { DeviceConfig } from "../../../shared/acquisition/device-config.ts";
import type { UnitFacts } from "../../../shared/acquisition/learning/unit-facts.ts";
import type { LineConfig } from "../../../shared/acquisition/line-config.ts";
import { resolveDevice } from "../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../shared/acquisition/resolve-line.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ownAddresses, TimedLine, type TimedScript } from "../../harness/timed-line.ts";

interface Measured {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly line: TimedLine;
  readonly acquisition: Acquisition;
  readonly facts: Map<string, UnitFacts>;
  readonly samples: Sample[];
  /** `unit:address+quantity` of every request since the last call. */
  sent(): readonly string[];
}

const rtu: LineConfig = { id: "bus", protocol: "modbus-rtu", device: "/dev/ttyS0", baud: 9600 };

function measured(
  t: ExecutionContext,
  devices: readonly Pick<DeviceConfig, "points" | "turnaround">[],
  script: TimedScript,
  { every = "100 ms", config = rtu }: { readonly every?: string; readonly config?: LineConfig } = {},
): Measured {
  const clock = new FakeClock();
  const log = new FakeLog();
  let sent: string[] = [];
  const line = new TimedLine("bus", clock, (request) => {
    const [, high = 0, low = 0, more = 0, less = 0] = request.request;
    sent.push(`${request.unit}:${high * 256 + low}+${more * 256 + less}`);
    return script(request);
  });
  const runner = new NodeTaskRunner({ clock, log });
  const settings = resolveLine(config);
  const facts = new Map<string, UnitFacts>();
  const samples: Sample[] = [];
  const acquisition = new Acquisition({
    devices: devices.map((device, n) =>
      resolveDevice({ ...device, id: `unit-${n + 1}`, line: "bus", unit: n + 1, schedule: "fast" }, settings),
    ),
    schedules: resolveSchedules({ fast: { every } }),
    settings: [settings],
    learned: { get: () => undefined, put: (thing, one) => facts.set(thing, one) },
    lines: new Map([["bus", line]]),
    runner,
    sink: { accept: (batch) => samples.push(...batch) },
    previous: () => undefined,
    onDevice: () => {},
    clock,
    log,
    random: () => 0.5,
  });
  t.teardown(() => {
    acquisition.close();
    void runner.close();
  });
  return {
    clock,
    log,
    line,
    acquisition,
    facts,
    samples,
    sent: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}

const holding = (...addresses: readonly number[]): DeviceConfig["points"] =>
  addresses.map((address) => ({ id: `r${address}`, area: "holding", address }));

/** What a read takes when a request costs `request` and a register `register` milliseconds. */
const timed =
  (request: number, register: number): TimedScript =>
  ({ request: pdu }) => ({ after: request + register * ((pdu[3] ?? 0) * 256 + (pdu[4] ?? 0)), reply: ownAddresses(pdu) });

test("a gateway to a slow line is found to cost by the register: gaps are bridged no longer", async (t) => {
  const config: LineConfig = { id: "bus", protocol: "modbus-tcp", host: "127.0.0.1" };
  const { clock, sent, facts } = measured(t, [{ points: holding(0, 1, 2, 40, 100) }, { points: holding(0, 5) }], timed(30, 2), {
    every: "1 s",
    config,
  });
  await clock.advance(millis(2000));
  t.true(sent().includes("1:0+101"));
  await clock.advance(millis(125_000));
  sent();
  await clock.advance(millis(1000));
  t.deepEqual([...sent()].sort(), ["1:0+3", "1:100+1", "1:40+1", "2:0+6"]);
  t.true(Math.abs((facts.get("unit-1")?.cost?.perRegister ?? 0) - 2000) < 400, JSON.stringify(facts.get("unit-1")));
});

test("a fast line is found to cost by the request: gaps are bridged", async (t) => {
  const { clock, sent } = measured(t, [{ points: holding(0, 30, 60) }, { points: holding(3) }], timed(20, 0.01), { every: "1 s" });
  await clock.advance(millis(2000));
  t.true(sent().includes("1:30+1"));
  await clock.advance(millis(125_000));
  sent();
  await clock.advance(millis(1000));
  t.deepEqual([...sent()].sort(), ["1:0+61", "2:3+1"]);
});

test("a unit that needs silence before a request gets it, and no more than it needs", async (t) => {
  const need = 60;
  const script: TimedScript = (request) => (request.unit === 2 && request.silence < need ? "silent" : timed(30, 2)(request));
  const { clock, facts, acquisition, log } = measured(
    t,
    [{ points: holding(0) }, { points: holding(0, 100) }, { points: holding(0) }],
    script,
  );
  await clock.advance(millis(300_000));
  const turnaround = facts.get("unit-2")?.turnaround ?? 0;
  t.true(turnaround >= need && turnaround <= need * 1.2 + 5, `${turnaround}`);
  t.deepEqual([facts.get("unit-1")?.turnaround, facts.get("unit-3")?.turnaround], [undefined, undefined]);
  t.true(log.entries.some(({ message }) => message.includes("needs silence")));
  const misses = (): number => [...(acquisition.states[1]?.misses.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const before = misses();
  await clock.advance(millis(60_000));
  t.is(misses(), before);
  t.true(acquisition.states[1]?.online);
});

test("a turnaround that is configured is kept, and nothing is tried", async (t) => {
  const silences: number[] = [];
  const script: TimedScript = (request) => {
    if (request.unit === 2) silences.push(request.silence);
    return timed(30, 2)(request);
  };
  const { clock, facts } = measured(t, [{ points: holding(0) }, { points: holding(0, 100), turnaround: "25 ms" }], script);
  await clock.advance(millis(30_000));
  t.true(silences.length > 100 && silences.every((silence) => silence >= 25));
  t.is(facts.get("unit-2")?.turnaround, undefined);
});

test("a unit that is busy is asked again soon where its next turn is far off, and its value is uncertain meanwhile", async (t) => {
  let busy = 0;
  const { clock, sent, samples } = measured(
    t,
    [{ points: holding(0) }],
    ({ request }) => (busy-- > 0 ? { after: 20, reply: [0x83, 6] } : { after: 20, reply: ownAddresses(request) }),
    { every: "60 s" },
  );
  await clock.advance(millis(30_000));
  sent();
  busy = 2;
  await clock.advance(millis(60_000));
  t.is(sent().length, 3);
  t.deepEqual(
    samples.slice(-2).map(({ quality }) => quality),
    ["uncertain", "good"],
  );
});

test("a line that never settles an exchange stops one poll for a while, not for ever, and the restart is counted", async (t) => {
  const { clock, line, acquisition, samples } = measured(t, [{ points: holding(0) }], timed(20, 1), { every: "1 s" });
  await clock.advance(millis(5000));
  const usual = line.exchange.bind(line);
  line.exchange = () => new Promise(() => {});
  await clock.advance(millis(20_000));
  t.is(samples.at(-1)?.quality, "stale");
  line.exchange = usual;
  await clock.advance(millis(30_000));
  t.is(samples.at(-1)?.quality, "good");
  const restarts = acquisition.metrics().find(({ name }) => name === "penstock_poll_restarts_total");
  t.is(restarts?.values[0]?.value, 1);
});
