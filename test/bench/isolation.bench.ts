import { Acquisition } from "../../firmware/acquisition/acquisition.ts";
import { FineClock } from "../../firmware/acquisition/modbus-rtu/fine-clock.ts";
import { ModbusRtuLine } from "../../firmware/acquisition/modbus-rtu/modbus-rtu-line.ts";
import { PortSerialChannel } from "../../firmware/acquisition/modbus-rtu/serial-channel-port.ts";
import { NodeTaskRunner } from "../../firmware/acquisition/tasks/task-runner.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { resolveDevice } from "../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../shared/acquisition/resolve-line.ts";
import { resolveSchedules } from "../../shared/acquisition/tasks/resolve-schedule.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { openPacedFarm } from "../harness/paced-pty.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const units = 32;
const baud = 9600;
const sick = 9;
/** Cycles are counted over so long, with all units alive and with one dead, in turn. */
const window = 20_000;
const rounds = 3;
/** Three cycles of the whole line with the timeouts of the dead unit in them. */
const settling = 8000;

const pass = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** What one dead unit of 32 costs the others on a paced serial line at 9600 baud, polled as fast as the line carries. */
export async function bench(): Promise<readonly Figure[]> {
  await using farm = await openPacedFarm({ baud, units });
  const settings = resolveLine({ id: "bus", protocol: "modbus-rtu", device: farm.path, baud });
  const [clock, log] = [new NodeClock(), new FakeLog()];
  const port = { device: farm.path, baud, parity: "even", stopBits: 1, rs485: "automatic" } as const;
  await using line = ModbusRtuLine.open({
    id: "bus",
    place: { device: farm.path },
    open: (events) => new PortSerialChannel(port, events),
    baud,
    clock: new FineClock(clock),
    log,
    random: Math.random,
  });
  await using runner = new NodeTaskRunner({ clock, log, concurrency: 4096 });
  let polls = 0;
  const acquisition = new Acquisition({
    devices: Array.from({ length: units }, (_, n) =>
      resolveDevice(
        {
          id: `unit-${n + 1}`,
          line: "bus",
          unit: n + 1,
          schedule: "fast",
          staleAfter: 400,
          points: [{ id: "p", area: "holding", address: 7, write: { readBack: false } }],
        },
        settings,
      ),
    ),
    schedules: resolveSchedules({ fast: { every: "10 ms" } }),
    settings: [settings],
    lines: new Map([["bus", line]]),
    runner,
    sink: {
      accept: (samples) => {
        for (const { thing, quality } of samples) if (quality === "good" && thing !== `unit-${sick}`) polls += 1;
      },
    },
    previous: () => undefined,
    onDevice: () => {},
    clock,
    log,
  });
  /** Mean cycle of the units that are well, milliseconds. */
  const cycle = async (): Promise<number> => {
    const [before, begun] = [polls, performance.now()];
    await pass(window);
    return ((performance.now() - begun) * (units - 1)) / (polls - before);
  };
  try {
    await pass(settling);
    const alive: number[] = [];
    const dead: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alive.push(await cycle());
      await farm.dead(sick);
      await pass(settling);
      dead.push(await cycle());
      await farm.alive(sick);
      // A write that succeeds tells that it is back, sooner than a probe would.
      await acquisition.actuator.write(`unit-${sick}`, "p", 1, "bench", new AbortController().signal);
      await pass(2000);
    }
    const [value, peer] = [median(dead), median(alive)];
    // Of each round by itself: other work on the machine comes and goes.
    const ratio = median(dead.map((one, round) => one / (alive[round] ?? Number.NaN)));
    return [
      {
        name: `cycle of 31 units with one dead unit on the line, RTU at ${baud} baud (peer: all 32 alive)`,
        value,
        unit: "ms",
        peer,
        ratio,
        goal: "≤ 1.05",
        reached: ratio <= 1.05,
      },
    ];
  } finally {
    acquisition.close();
  }
}
