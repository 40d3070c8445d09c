import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface CrashChildParts {
  /** The program, a TypeScript file. */
  readonly script: string;
  readonly args: readonly string[];
}

/**
 * A process that promises things on its standard output, one a line, and is then killed without warning. What it said before it died it must have
 * kept: the test looks at what it left behind.
 */
export class CrashChild {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<void>;
  readonly #lines: string[] = [];
  #tail = "";
  #errors = "";
  #ended = false;
  #waiting: { readonly lines: number; resolve(): void; reject(error: Error): void }[] = [];

  private constructor(process: ChildProcessByStdio<null, Readable, Readable>) {
    this.#process = process;
    process.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    // "close" comes when all that it said has arrived, "exit" may come before.
    this.#exited = new Promise((resolve) => {
      process.once("close", () => {
        this.#ended = true;
        for (const { reject } of this.#waiting.splice(0)) reject(this.#early());
        resolve();
      });
    });
  }

  static start({ script, args }: CrashChildParts): CrashChild {
    return new CrashChild(spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Resolves when the process has said so many lines. Rejects when it ends before. */
  said(lines: number): Promise<void> {
    if (this.#lines.length >= lines) return Promise.resolve();
    if (this.#ended) return Promise.reject(this.#early());
    return new Promise((resolve, reject) => this.#waiting.push({ lines, resolve, reject }));
  }

  /** Kills the process and gives all whole lines it said. */
  async kill(): Promise<readonly string[]> {
    this.#process.kill("SIGKILL");
    await this.#exited;
    return this.#lines;
  }

  #hear(text: string): void {
    const pieces = (this.#tail + text).split("\n");
    this.#tail = pieces.pop() ?? "";
    this.#lines.push(...pieces);
    const due = this.#waiting.filter(({ lines }) => this.#lines.length >= lines);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { resolve } of due) resolve();
  }

  #early(): Error {
    return new Error(`the process ended by itself after ${this.#lines.length} lines: ${this.#errors}`);
  }
}
