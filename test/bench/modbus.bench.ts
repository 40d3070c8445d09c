import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const rounds = 5;
const seconds = 1;
const run = promisify(execFile);

/** What one client did in one round. */
interface Round {
  readonly perSecond: number;
  /** CPU time, microseconds a read. */
  readonly cost: number;
}

/**
 * Reads of 125 registers on one connection, ours against libmodbus in C, by turns on the same libmodbus server.
 * A device is another computer: the server has one processor core, the clients, which never run at once, have another. Left alone, the kernel
 * puts both sides on one core in some rounds and on two in others, which changes the figures threefold.
 */
export async function bench(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "penstock-modbus-"));
  try {
    const [server, client] = ["server", "client"].map((role) => compile(folder, role));
    if (server === undefined || client === undefined) throw new Error("nothing compiled");
    const [command, ...rest] = onCore(0, [server]);
    const child = spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(child.stdout, "data");
      return await compare(client, String(line).trim());
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(client: string, port: string): Promise<readonly Figure[]> {
  const reads = fileURLToPath(new URL("./modbus-reads.ts", import.meta.url));
  const peer: Round[] = [];
  const single: Round[] = [];
  const pipelined: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    peer.push(await measure([client, port, `${seconds}`]));
    single.push(await measure([process.execPath, reads, port, `${seconds}`, "1"]));
    pipelined.push(await measure([process.execPath, reads, port, `${seconds}`, "16"]));
  }
  return [figure("16 in flight", pipelined, peer, 4), figure("one at a time", single, peer, 0.9)];
}

function figure(how: string, ours: readonly Round[], peer: readonly Round[], goal: number): Figure {
  const [value, theirs] = [ours, peer].map((all) => median(all.map((round) => round.perSecond)));
  const [cost, theirCost] = [ours, peer].map((all) => median(all.map((round) => round.cost)).toFixed(1));
  if (value === undefined || theirs === undefined) throw new Error("nothing measured");
  return {
    name: `125 registers a read, ${how}, ours against the libmodbus C client one at a time (CPU time a read: ${cost} against ${theirCost} µs)`,
    value,
    unit: "reads/s",
    peer: theirs,
    ratio: value / theirs,
    goal: `≥ ${goal}`,
    reached: value / theirs >= goal,
  };
}

async function measure(program: readonly string[]): Promise<Round> {
  const [command, ...rest] = onCore(1, program);
  const { stdout } = await run(command, rest);
  const [reads = 0, span = 0, cpu = 0] = stdout.trim().split(" ").map(Number);
  return { perSecond: reads / span, cost: (cpu * 1e6) / reads };
}

function onCore(core: number, [program = "", ...rest]: readonly string[]): [string, ...string[]] {
  return availableParallelism() > 1 ? ["taskset", "-c", `${core}`, program, ...rest] : [program, ...rest];
}

function compile(folder: string, role: string): string {
  const program = join(folder, role);
  const source = fileURLToPath(new URL(`./libmodbus-${role}.c`, import.meta.url));
  execFileSync("cc", ["-O2", "-o", program, source, "-I/usr/include/modbus", "-lmodbus"]);
  return program;
}
