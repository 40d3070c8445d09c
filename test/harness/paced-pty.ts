import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Millis } from "../../shared/base/units.ts";
import { ScratchDirectory } from "./scratch-directory.ts";

// Serial lines without hardware, at the pace of real ones. `openPacedPair` gives two ends; what is written to one comes out of the other.
// `openPacedFarm` gives one end, with Modbus RTU units at the other:
//
//   await using farm = await openPacedFarm({ baud: 115_200, units: 32 });
//   farm.path                              // for a line's `device`
//   await farm.answerTime(7, millis(40));  // unit 7 takes 40 ms longer than t3.5 to begin its answer
//   await farm.dead(9);                    // unit 9 does not answer any more; farm.alive(9) brings it back
//
// A unit answers t3.5 plus its answer time (0 at first) after the last byte of a request. A register holds 256 × unit + address, a bit is on where its
// address is a multiple of 3; writes are echoed and forgotten. Unit 0 in a command means all units.
// The relay behind it is a C program, compiled anew for each; it ends with its parent. `close()` is what unplugging an adapter is.

/** How bytes travel. */
export interface Pace {
  /** Bits a second. */
  readonly baud: number;
  /** Bits of a character, with start, parity and stop bits; default 11. */
  readonly bits?: number;
}

/** Two ends of a paced wire. */
export interface PacedPair extends AsyncDisposable {
  readonly paths: readonly [string, string];
  close(): Promise<void>;
}

/** Modbus RTU units at the far end of a paced wire. */
export interface PacedFarm extends AsyncDisposable {
  /** The near end: a symbolic link, so that a farm opened later can take the place of this one. */
  readonly path: string;
  /** Process id of the relay. */
  readonly pid: number;
  answerTime(unit: number, time: Millis): Promise<void>;
  dead(unit: number): Promise<void>;
  alive(unit: number): Promise<void>;
  close(): Promise<void>;
}

/** Two ends of a wire that carries bytes at a given pace, both ways at once. */
export async function openPacedPair(pace: Pace): Promise<PacedPair> {
  const relay = await Relay.open(pace, ["pair"], 2);
  const close = (): Promise<void> => relay.close();
  return { paths: [relay.path(0), relay.path(1)], close, [Symbol.asyncDispose]: close };
}

/**
 * Units 1 to `units` (at most 247) behind a paced wire.
 * @param link where to put the symbolic link to the near end; default: in a directory of its own
 */
export async function openPacedFarm(parts: Pace & { readonly units: number; readonly link?: string }): Promise<PacedFarm> {
  const relay = await Relay.open(parts, ["farm", `${parts.units}`], 1);
  const link = parts.link ?? join(relay.scratch.path, "line");
  symlinkSync(relay.path(0), link);
  const close = (): Promise<void> => relay.close();
  return {
    path: link,
    pid: relay.pid,
    answerTime: (unit, time) => relay.say(`answer ${unit} ${Math.round(time * 1000)}`),
    dead: (unit) => relay.say(`dead ${unit}`),
    alive: (unit) => relay.say(`alive ${unit}`),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The C program. */
class Relay {
  readonly scratch: ScratchDirectory;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #paths: string[] = [];

  private constructor(scratch: ScratchDirectory, child: ChildProcess, lines: AsyncIterator<string>) {
    this.scratch = scratch;
    this.#child = child;
    this.#lines = lines;
  }

  static async open(pace: Pace, words: readonly string[], paths: number): Promise<Relay> {
    const scratch = new ScratchDirectory();
    const program = join(scratch.path, "paced-pty");
    execFileSync("cc", ["-O2", "-o", program, fileURLToPath(new URL("./paced-pty.c", import.meta.url))]);
    const child = spawn(program, [`${pace.baud}`, `${pace.bits ?? 11}`, ...words], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.on("error", () => {});
    const relay = new Relay(scratch, child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    for (let n = 0; n < paths; n++) relay.#paths.push(await relay.#next());
    return relay;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  path(end: number): string {
    return this.#paths[end] ?? "";
  }

  /** Gives a command and waits until it is obeyed. */
  async say(command: string): Promise<void> {
    this.#child.stdin?.write(`${command}\n`);
    await this.#next();
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.kill("SIGKILL")) await once(this.#child, "exit");
    this.scratch[Symbol.dispose]();
  }

  async #next(): Promise<string> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error("the paced line ended");
    return line.value;
  }
}
