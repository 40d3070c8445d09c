import { getPriority, setPriority } from "node:os";
import { openModbusLine } from "../../firmware/acquisition/modbus-line/open-modbus-line.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { encodeRequest } from "../../shared/acquisition/modbus/encode-request.ts";
import { FunctionCode } from "../../shared/acquisition/modbus/modbus-function.ts";
import { characterTime, interFrameDelay } from "../../shared/acquisition/modbus/rtu-timing.ts";
import type { ModbusLine } from "../../shared/acquisition/ports.ts";
import { resolveLine } from "../../shared/acquisition/resolve-line.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { openPacedFarm } from "../harness/paced-pty.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const units = 32;
const quantity = 20;
const goal = 0.85;
const rounds = 5;
/** Unit, function, address, quantity, checksum; unit, function, byte count, registers, checksum. */
const [requestLength, replyLength] = [8, 5 + 2 * quantity];

/**
 * How much of what a serial line can carry our line carries, with 32 units that are each asked for 20 registers, again and again and by turns.
 * An exchange cannot take less than its bytes and the two silences of t3.5 that the standard puts between frames: request, t3.5, reply, t3.5, with units
 * that answer at once. All else is loss: of the kernel, of Node, of ours, and of a machine with other things to do.
 * The bytes travel over a pseudo-terminal, one at a time and each as long as on a wire (8 data bits, even parity, 1 stop bit).
 */
export async function bench(): Promise<readonly Figure[]> {
  const usual = getPriority();
  prefer(-15);
  try {
    return [await share(9600, millis(5000)), await share(115_200, millis(2000))];
  } finally {
    prefer(usual);
  }
}

/** A board has no neighbours that make it wait for a processor; where the machine does not allow it, their share is in the figure. */
function prefer(priority: number): void {
  try {
    setPriority(priority);
  } catch {
    // Only root may.
  }
}

async function share(baud: number, span: Millis): Promise<Figure> {
  await using farm = await openPacedFarm({ baud, units });
  const line = openModbusLine(resolveLine({ id: "bench", protocol: "modbus-rtu", device: farm.path, baud }), {
    clock: new NodeClock(),
    log: new FakeLog(),
    random: Math.random,
  });
  try {
    const possible = 1000 / ((requestLength + replyLength) * characterTime(baud) + 2 * interFrameDelay(baud));
    await run(line, millis(span / 2));
    const results: { readonly perSecond: number; readonly cpu: number }[] = [];
    for (let round = 0; round < rounds; round++) results.push(await run(line, span));
    const perSecond = median(results.map((result) => result.perSecond));
    const cpu = median(results.map((result) => result.cpu));
    return {
      name: `RTU at ${baud} baud, ${units} units, ${quantity} registers a read, against what the line can carry (CPU ${(cpu * 100).toFixed(0)} %)`,
      value: perSecond,
      unit: "reads/s",
      peer: possible,
      ratio: perSecond / possible,
      goal: `≥ ${goal}`,
      reached: perSecond / possible >= goal,
    };
  } finally {
    await line.close();
  }
}

/** Reads from all units by turns for a while. */
async function run(line: ModbusLine, span: Millis): Promise<{ readonly perSecond: number; readonly cpu: number }> {
  const request = encodeRequest({ function: FunctionCode.readHoldingRegisters, address: 0, quantity });
  const { signal } = new AbortController();
  const [start, spent] = [performance.now(), process.cpuUsage()];
  let reads = 0;
  const reader = async (unit: number): Promise<void> => {
    while (performance.now() < start + span) {
      const reply = await line.exchange(unit, request, { timeout: millis(1000) }, signal);
      if (reply[2] !== unit) throw new Error(`unit ${unit} got the reply of unit ${reply[2]}`);
      reads++;
    }
  };
  await Promise.all(Array.from({ length: units }, (_, n) => reader(n + 1)));
  const [took, used] = [performance.now() - start, process.cpuUsage(spent)];
  return { perSecond: (reads * 1000) / took, cpu: (used.user + used.system) / 1000 / took };
}
