import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const rounds = 15;
const seconds = 0.5;
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
  const children: Conversation[] = [];
  try {
    const server = new Conversation(onCore(0, [compile(folder, "server")]));
    children.push(server);
    const port = await server.answer();
    const ours = new Conversation(onCore(1, [process.execPath, fileURLToPath(new URL("./modbus-reads.ts", import.meta.url)), port]));
    children.push(ours);
    const client = compile(folder, "client");
    return await compare(ours, () => run(...split(onCore(1, [client, port, `${seconds}`]))));
  } finally {
    for (const child of children.reverse()) await child.end();
    rmSync(folder, { recursive: true });
  }
}

async function compare(ours: Conversation, runPeer: () => Promise<{ readonly stdout: string }>): Promise<readonly Figure[]> {
  const peer: Round[] = [];
  const single: Round[] = [];
  const pipelined: Round[] = [];
  await ours.answer("2 1");
  await ours.answer("1 16");
  for (let round = 0; round < rounds; round++) {
    single.push(roundOf(await ours.answer(`${seconds} 1`)));
    peer.push(roundOf((await runPeer()).stdout));
    pipelined.push(roundOf(await ours.answer(`${seconds} 16`)));
  }
  return [figure("16 in flight", pipelined, peer, 4), figure("one at a time", single, peer, 0.9)];
}

/** The ratio is the median of those of the rounds: a neighbour that comes and goes disturbs both sides of a round alike. */
function figure(how: string, ours: readonly Round[], peer: readonly Round[], goal: number): Figure {
  const cost = (all: readonly Round[]): string => median(all.map((round) => round.cost)).toFixed(1);
  const ratio = median(ours.map((round, n) => round.perSecond / (peer[n]?.perSecond ?? Number.NaN)));
  return {
    name: `125 registers a read, ${how}, against the libmodbus C client one at a time (CPU time a read: ${cost(ours)} against ${cost(peer)} µs)`,
    value: median(ours.map((round) => round.perSecond)),
    unit: "reads/s",
    peer: median(peer.map((round) => round.perSecond)),
    ratio,
    goal: `≥ ${goal}`,
    reached: ratio >= goal,
  };
}

function roundOf(text: string): Round {
  const [reads = 0, span = 0, cpu = 0] = text.trim().split(" ").map(Number);
  return { perSecond: reads / span, cost: (cpu * 1e6) / reads };
}

/** A program that answers with lines. */
class Conversation {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(program: readonly string[]) {
    const child = spawn(...split(program), { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line, after saying something. @throws when the program ended */
  async answer(question?: string): Promise<string> {
    if (question !== undefined) this.#child.stdin?.write(`${question}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.#child.spawnargs.join(" ")} ended without an answer`);
    return line.value;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || !this.#child.kill("SIGKILL")) return;
    await once(this.#child, "exit");
  }
}

function onCore(core: number, program: readonly string[]): readonly string[] {
  return availableParallelism() > 1 ? ["taskset", "-c", `${core}`, ...program] : program;
}

function split([command = "", ...rest]: readonly string[]): [string, string[]] {
  return [command, rest];
}

function compile(folder: string, role: string): string {
  const program = join(folder, role);
  const source = fileURLToPath(new URL(`./libmodbus-${role}.c`, import.meta.url));
  execFileSync("cc", ["-O2", "-o", program, source, "-I/usr/include/modbus", "-lmodbus"]);
  return program;
}
