import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { median, residentBytes } from "../harness/process-figures.ts";
import { RunningBoard } from "../harness/running-board.ts";
import type { Figure } from "./figure.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bundle = path.join(root, "dist", "board", `linux-${process.arch}`, "board.mjs");
const rounds = 7;

/** What a board weighs: memory, start, bytes. Measured on the bundle, which is what boards run. */
export async function bench(): Promise<readonly Figure[]> {
  const built = spawnSync(process.execPath, [path.join(root, "build.mjs"), "build", "board"], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the bundle cannot be built: ${built.stderr}`);
  const farm = await FarmProcess.start();
  try {
    return [await memory(farm), await startTime(farm), await size()];
  } finally {
    await farm.stop();
  }
}

const pass = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

function config(port: number, points: number): PenstockConfig {
  const units = Math.ceil(points / 100);
  const numbers = Array.from({ length: units }, (_, index) => index);
  return {
    lines: numbers.map((n) => ({ id: `line-${n}`, protocol: "modbus-tcp", host: "127.0.0.1", port })),
    devices: numbers.map((n) => ({
      id: `unit-${n}`,
      line: `line-${n}`,
      points: Array.from({ length: Math.min(100, points) }, (_, p) => ({ id: `p${p}`, area: "holding" as const, address: p })),
    })),
  };
}

async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
  await pass(1500);
  const resident = residentBytes(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  return resident;
}

async function memory(farm: FarmProcess): Promise<Figure> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const board = await RunningBoard.start({ config: config(farm.port, 1000), script: bundle });
    await pass(20_000);
    ours.push(residentBytes(board.pid));
    await board.clean();
    bare.push(await bareNode());
  }
  const [value, peer] = [median(ours) / 1048576, median(bare) / 1048576];
  const ratio = value / peer;
  return {
    name: "RSS with 1,000 points at 1 Hz, broker and twins ÷ bare node",
    value: round2(value),
    unit: "MiB",
    peer: round2(peer),
    ratio: round2(ratio),
    goal: "≤ 1.9",
    reached: ratio <= 1.9,
  };
}

async function startTime(farm: FarmProcess): Promise<Figure> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await firstSample(farm));
    const begun = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    bare.push(performance.now() - begun);
  }
  const [value, peer] = [median(ours), median(bare)];
  const ratio = value / peer;
  return {
    name: "start to first published sample ÷ bare node -e 0",
    value: round2(value),
    unit: "ms",
    peer: round2(peer),
    ratio: round2(ratio),
    goal: "≤ 6",
    reached: ratio <= 6,
  };
}

/** From spawning the board to a good sample on its broker; a subscriber dials until the broker is there. */
async function firstSample(farm: FarmProcess): Promise<number> {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-start-"));
  const file = path.join(data, "penstock.json");
  await writeFile(file, JSON.stringify(config(farm.port, 10)));
  const subscriber: ChildProcess = fork(fileURLToPath(new URL("./first-sample.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = await once(subscriber, "message");
  const port = String(message);
  const begun = performance.now();
  const board = spawn(process.execPath, [bundle, "--data", data, "--config", file, "--mqtt-port", port, "--health-port", "0"], {
    stdio: "ignore",
  });
  await once(subscriber, "message");
  const took = performance.now() - begun;
  board.kill("SIGKILL");
  subscriber.kill("SIGKILL");
  await Promise.all([once(board, "exit"), once(subscriber, "exit")]);
  await rm(data, { recursive: true, force: true });
  return took;
}

async function size(): Promise<Figure> {
  const kib = (await stat(bundle)).size / 1024;
  return { name: "board bundle without natives", value: Math.round(kib), unit: "KiB", goal: "≤ 1 MB", reached: kib * 1024 <= 1_000_000 };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
