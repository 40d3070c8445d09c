import { CrashLink } from "../harness/crash-link.ts";
import { stubAds1115, stubBme280 } from "../harness/i2c-stub-chips.ts";
import { VirtualBoard } from "../harness/virtual-board.ts";
import { cutPower } from "../lab/cut-power.ts";
import { countingPoints, linkedConfig } from "../lab/lab-config.ts";
import { type MachineMemory, readMemory } from "../lab/machine-memory.ts";
import { MosquittoListener } from "../lab/mosquitto-listener.ts";
import { SystemDisk } from "../lab/system-disk.ts";
import type { Figure } from "./figure.ts";

/** Memory is measured for this long, minutes, in steps of half a minute. */
const minutes = Number(process.env["LAB_MINUTES"] ?? 10);
const powerCuts = 10;

/** A board in a machine of 128 MB: what memory is left after ten minutes, whether it shrinks, and what ten power cuts under load take. */
export async function bench(): Promise<readonly Figure[]> {
  await using system = await SystemDisk.build();
  const link = await CrashLink.start();
  try {
    await using board = await VirtualBoard.create({
      system,
      config: linkedConfig(link),
      chips: [stubBme280, stubAds1115],
      reachesHost: true,
    });
    await board.boot();
    await board.serving();
    return [...(await memory(board)), await losses(board, link)];
  } finally {
    await link.close();
  }
}

async function memory(board: VirtualBoard): Promise<readonly Figure[]> {
  await using listener = MosquittoListener.start(board, "penstock/v1/+/data/#");
  await listener.message("penstock/v1/pump/data/count-0", (payload) => payload["quality"] === "good");
  const readings: MachineMemory[] = [];
  const count = listener.count;
  for (let step = 0; step <= minutes * 2; step += 1) {
    if (step > 0) await new Promise((resolve) => setTimeout(resolve, 30_000));
    readings.push(await readMemory(board));
  }
  const rate = (listener.count - count) / (minutes * 60);
  const last = readings.at(-1) ?? { available: 0, anonymous: 0, ended: 0 };
  const growth = low(readings, 2) - low(readings, 1);
  return [
    figure(
      "samples a second that a subscriber outside the machine gets",
      rate,
      "/s",
      `≥ ${countingPoints * 0.95}`,
      rate >= countingPoints * 0.95,
    ),
    figure(
      `memory left with ${countingPoints} points at 1 Hz after ${minutes} min in 128 MB`,
      last.available / 1024,
      "MiB",
      "≥ 8",
      last.available >= 8192,
    ),
    figure("growth of the board's own memory from the second third of that time to the last", growth, "KiB", "≤ 512", growth <= 512),
    figure("the board's own memory (anonymous)", last.anonymous / 1024, "MiB"),
    figure("programs ended for want of memory", last.ended, "", "0", last.ended === 0),
  ];
}

async function losses(board: VirtualBoard, link: CrashLink): Promise<Figure> {
  const faults = await cutPower(board, { thing: "pump", feature: "setpoint", cuts: powerCuts, link });
  for (const fault of faults) console.log(fault);
  return figure(
    `acknowledged things lost and stores not opened in ${powerCuts} power cuts under load`,
    faults.length,
    "",
    "0",
    faults.length === 0,
  );
}

function figure(name: string, value: number, unit: string, goal?: string, reached?: boolean): Figure {
  return { name, value, unit, ...(goal !== undefined && { goal }), ...(reached !== undefined && { reached }) };
}

/** The least memory of the board's own in a third of all readings, KiB: what was left after garbage had been collected. The first third fills caches. */
function low(readings: readonly MachineMemory[], third: 0 | 1 | 2): number {
  const size = Math.floor(readings.length / 3);
  return Math.min(...readings.slice(third * size, third === 2 ? undefined : (third + 1) * size).map(({ anonymous }) => anonymous));
}
