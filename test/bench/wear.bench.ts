import { readFileSync } from "node:fs";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { CrashLink } from "../harness/crash-link.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { RunningBoard } from "../harness/running-board.ts";
import type { Figure } from "./figure.ts";

/** Twins are refreshed once in this time and the journal's heartbeat comes twice. */
const usualMinutes = 60;
/** The first samples and what follows them are written in this time. */
const settleMinutes = 2;
const points = 1000;

const pass = (minutes: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, minutes * 60_000));

/** Bytes that a process caused to be sent to the disk. proc(5) */
const writtenBytes = (pid: number): number => Number(/write_bytes: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? Number.NaN);

/** What a board with everything on writes while its devices answer and nothing changes; so many minutes as the command line says. */
export async function bench(): Promise<readonly Figure[]> {
  const minutes = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? usualMinutes);
  const [farm, link] = [await FarmProcess.start("still"), await CrashLink.start()];
  const board = await RunningBoard.start({ config: configFor(farm.port, link) });
  try {
    await pass(settleMinutes);
    const before = writtenBytes(board.pid);
    await pass(minutes);
    const value = ((writtenBytes(board.pid) - before) * 60) / minutes / 1e6;
    const name = `written to disk with ${points} points at 1 Hz of which none changes, journal and uplink on (measured ${minutes} min)`;
    return [{ name, value, unit: "MB/h", goal: "≤ 1", reached: value <= 1 }];
  } finally {
    await board.clean();
    await link.close();
    await farm.stop();
  }
}

function configFor(port: number, gateway: { readonly board: string; readonly url: string }): PenstockConfig {
  const units = Array.from({ length: points / 100 }, (_, unit) => unit);
  return {
    id: gateway.board,
    lines: units.map((unit) => ({ id: `line-${unit}`, protocol: "modbus-tcp", host: "127.0.0.1", port })),
    devices: units.map((unit) => ({
      id: `unit-${unit}`,
      line: `line-${unit}`,
      points: Array.from({ length: 100 }, (_, p) => ({ id: `p${p}`, area: "holding" as const, address: p })),
    })),
    uplink: { url: gateway.url },
  };
}
