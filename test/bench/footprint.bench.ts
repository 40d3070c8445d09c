import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import smallBoard from "../../boards/raspberry-pi-zero-2/board.json" with { type: "json" };
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { median, residentBytes } from "../harness/process-figures.ts";
import { RunningBoard } from "../harness/running-board.ts";
import type { Figure } from "./figure.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bundle = path.join(root, "dist", "board", `linux-${process.arch}`, "board.cjs");
const rounds = 7;

/** What a board weighs: memory, start, bytes. Measured on the bundle with the flags that the description of a small board gives for it. */
export async function bench(): Promise<readonly Figure[]> {
  const built = spawnSync(process.execPath, [path.join(root, "build.mjs"), "build", "board"], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the bundle cannot be built: ${built.stderr}`);
  const farm = await FarmProcess.start();
  try {
    return [await memory(farm), ...(await startTime(farm)), await size()];
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
    const board = await RunningBoard.start({ config: config(farm.port, 1000), script: bundle, nodeArguments: smallBoard.node.flags });
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

/** The first start of all compiles the code; every later one finds it compiled. */
async function startTime(farm: FarmProcess): Promise<readonly Figure[]> {
  const first: number[] = [];
  const later: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const data = await mkdtemp(path.join(tmpdir(), "penstock-start-"));
    first.push(await firstSample(farm, data));
    later.push(await firstSample(farm, data));
    await rm(data, { recursive: true, force: true });
    const begun = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    bare.push(performance.now() - begun);
  }
  const peer = median(bare);
  const figure = (name: string, value: number): Figure => ({
    name,
    value: round2(value),
    unit: "ms",
    peer: round2(peer),
    ratio: round2(value / peer),
    goal: "≤ 6",
    reached: value / peer <= 6,
  });
  return [
    figure("start to first published sample ÷ bare node -e 0", median(later)),
    figure("the same for the very first start, on an empty data directory", median(first)),
  ];
}

/** From spawning the board to a good sample on its broker; a subscriber dials until the broker is there. */
async function firstSample(farm: FarmProcess, data: string): Promise<number> {
  const file = path.join(data, "penstock.json");
  await writeFile(file, JSON.stringify(config(farm.port, 10)));
  const subscriber: ChildProcess = fork(fileURLToPath(new URL("./first-sample.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = await once(subscriber, "message");
  const port = String(message);
  const begun = performance.now();
  const board = spawn(
    process.execPath,
    [...smallBoard.node.flags, bundle, "--data", data, "--config", file, "--mqtt-port", port, "--health-port", "0"],
    {
      stdio: "ignore",
    },
  );
  await once(subscriber, "message");
  const took = performance.now() - begun;
  board.kill("SIGTERM");
  subscriber.kill("SIGKILL");
  await Promise.all([once(board, "exit"), once(subscriber, "exit")]);
  return took;
}

async function size(): Promise<Figure> {
  const folder = path.dirname(bundle);
  let bytes = 0;
  for (const file of await readdir(folder)) if (file.endsWith(".cjs")) bytes += (await stat(path.join(folder, file))).size;
  return {
    name: "board bundle without natives",
    value: Math.round(bytes / 1024),
    unit: "KiB",
    goal: "≤ 1 MB",
    reached: bytes <= 1_000_000,
  };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
