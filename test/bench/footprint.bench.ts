import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import smallBoard from "../../boards/raspberry-pi-zero-2/board.json" with { type: "json" };
import { instant } from "../../shared/base/units.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import { CrashLink } from "../harness/crash-link.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { openPacedFarm } from "../harness/paced-pty.ts";
import { median, residentBytes } from "../harness/process-figures.ts";
import { RunningBoard } from "../harness/running-board.ts";
import { openUplinkJournal } from "../harness/uplink-journal.ts";
import type { Figure } from "./figure.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bundle = path.join(root, "dist", "board", `linux-${process.arch}`, "board.cjs");
const rounds = 7;
/** Time after the start until memory is looked at, milliseconds. */
const settled = 20_000;
const journalRecords = 1_000_000;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What a board weighs: memory, start, bytes. Measured on the bundle with the flags that the description of a small board gives for it. */
export async function bench(): Promise<readonly Figure[]> {
  const built = spawnSync(process.execPath, [path.join(root, "build.mjs"), "build", `linux-${process.arch}`], {
    cwd: root,
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`the bundle cannot be built: ${built.stderr}`);
  // As the launcher does for these flags.
  process.env["MALLOC_ARENA_MAX"] = "1";
  const farm = await FarmProcess.start();
  // As with every gateway whose console nobody has open.
  const link = await CrashLink.start(false);
  try {
    return [...(await memory(farm, link)), ...(await startTime(farm)), await restart(farm), await size()];
  } finally {
    delete process.env["MALLOC_ARENA_MAX"];
    await link.close();
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

/** Everything that a board can do at once: two kinds of lines, a bus, a journal, a gateway that takes it all, clients of its own Modbus server. */
function everything(port: number, serial: string, gateway: { readonly board: string; readonly url: string }): PenstockConfig {
  const { lines = [], devices = [] } = config(port, 980);
  return {
    id: gateway.board,
    lines: [...lines, { id: "serial", protocol: "modbus-rtu", device: serial, baud: 115_200 }],
    devices: [
      ...devices,
      {
        id: "meter",
        line: "serial",
        points: Array.from({ length: 20 }, (_, p) => ({ id: `p${p}`, area: "holding" as const, address: p })),
      },
    ],
    buses: [{ id: "cabinet", device: "/dev/i2c-none" }],
    sensors: [{ id: "climate", bus: "cabinet", chip: "bme280", points: [{ id: "temperature", quantity: "temperature" }] }],
    journal: {},
    uplink: { url: gateway.url },
    modbusServer: { port: 0, registers: [{ thing: "unit-0", feature: "p0", area: "holding", address: 0 }] },
  };
}

/** Memory of a process that no file backs. proc(5) */
function anonymousBytes(pid: number): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) * 1024;
}

interface Held {
  readonly resident: number;
  readonly anonymous: number;
}

const held = (pid: number): Held => ({ resident: residentBytes(pid) / 1048576, anonymous: anonymousBytes(pid) / 1048576 });

async function bareNode(): Promise<Held> {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
  await pass(1500);
  const memory = held(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  return memory;
}

async function memory(farm: FarmProcess, link: CrashLink): Promise<readonly Figure[]> {
  const serial = await openPacedFarm({ baud: 115_200, units: 1 });
  const plain: Held[] = [];
  const full: Held[] = [];
  const bare: Held[] = [];
  const measure = async (config: PenstockConfig): Promise<Held> => {
    const board = await RunningBoard.start({ config, script: bundle, nodeArguments: smallBoard.node.flags });
    await pass(settled);
    const memory = held(board.pid);
    await board.clean();
    return memory;
  };
  for (let round = 0; round < 3; round += 1) {
    plain.push(await measure(config(farm.port, 1000)));
    full.push(await measure(everything(farm.port, serial.path, link)));
    bare.push(await bareNode());
  }
  await serial.close();
  const figure = (name: string, ours: readonly Held[], of: keyof Held, goal?: number): Figure => {
    const [value, peer] = [median(ours.map((one) => one[of])), median(bare.map((one) => one[of]))];
    const figures = { name, value: round2(value), unit: "MiB", peer: round2(peer), ratio: round2(value / peer) };
    return goal === undefined ? figures : { ...figures, goal: `≤ ${goal}`, reached: value / peer <= goal };
  };
  return [
    figure("RSS with 1,000 points at 1 Hz, broker and twins ÷ bare node", plain, "resident", 1.9),
    figure("anonymous part of it", plain, "anonymous"),
    figure("RSS with 1,000 points at 1 Hz, everything on ÷ bare node", full, "resident", 1.9),
    figure("anonymous part of it", full, "anonymous"),
  ];
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

/** How long a board with a long journal takes to its first new sample. */
async function restart(farm: FarmProcess): Promise<Figure> {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-restart-"));
  const journal = await openUplinkJournal({ directory: path.join(data, "journal"), log: quiet, maxBytes: 512 << 20 });
  for (let n = 0; n < journalRecords; n += 1) {
    const payload = encodeUtf8(`{"t":"unit-${n % 10}","f":"p${n % 100}","v":${n % 60_000},"s":${1_700_000_000_000 + n}}`);
    journal.append("samples", RecordKind.sample, instant(1_700_000_000_000 + n), payload);
    if (n % 5000 === 4999) await journal.flush();
  }
  await journal.close();
  const times: number[] = [];
  const parts = { id: "restart", journal: { maxBytes: 512 << 20 }, uplink: { url: "mqtt://127.0.0.1:1" } };
  for (let round = 0; round < rounds; round += 1) times.push(await firstSample(farm, data, parts));
  await rm(data, { recursive: true, force: true });
  const value = median(times);
  return {
    name: "restart with 1,000,000 journal records to the first new sample",
    value,
    unit: "ms",
    goal: "≤ 1000",
    reached: value <= 1000,
  };
}

/** From spawning the board to a good sample on its broker; a subscriber dials until the broker is there. */
async function firstSample(farm: FarmProcess, data: string, parts: PenstockConfig = {}): Promise<number> {
  const file = path.join(data, "penstock.json");
  await writeFile(file, JSON.stringify({ ...config(farm.port, 10), ...parts }));
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
  const ended = once(board, "exit").then(([code]) => {
    throw new Error(`the board ended with ${code} before its first sample`);
  });
  await Promise.race([once(subscriber, "message"), ended]);
  ended.catch(() => {});
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
