import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";

const builtWorker = path.resolve(
  import.meta.dirname,
  "../../node_modules/@agoric/xsnap/xsnap-native/xsnap/build/bin",
  process.platform === "darwin" ? "mac" : "lin",
  "release/xsnap-worker",
);

/** Channels of the worker: commands go to fd 3, replies come from fd 4. */
const commandFd = 3;
const replyFd = 4;

/** Answers each command with the text that its source evaluates to; awaits promises. */
const prelude = `globalThis.handleCommand = (message) => {
  const reply = {};
  Promise.resolve((0, eval)(new TextDecoder().decode(message))).then(
    (value) => { reply.result = new TextEncoder().encode("=" + value).buffer; },
    (error) => { reply.result = new TextEncoder().encode("!" + error + " " + error?.stack).buffer; });
  return reply;
}; 0`;

/** What one command came to. */
export interface XsReply {
  /** What the source evaluated to, as text. */
  readonly text: string;
  /** Byte codes executed, more or less: the same number whenever the same code runs from the same state. */
  readonly compute: number;
}

/** How a machine ended, and all that it printed meanwhile: a sound run prints nothing. */
export interface XsEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

interface Pending {
  readonly resolve: (reply: XsReply) => void;
  readonly reject: (error: Error) => void;
}

/** One process with one XS machine, driven by netstrings. Its limits are fatal: exit 11 memory, 12 stack, 15 unhandled, 17 compute. */
export class XsMachine implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #toWorker: Writable;
  readonly #scratch: string;
  readonly #ended: Promise<XsEnd>;
  #received: Buffer = Buffer.alloc(0);
  #pending: Pending | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #output = "";
  #end: XsEnd | undefined;

  private constructor(child: ChildProcess, toWorker: Writable, fromWorker: Readable, scratch: string) {
    this.#child = child;
    this.#toWorker = toWorker;
    this.#scratch = scratch;
    // A worker that dies while it is being written to is reported by its exit.
    toWorker.on("error", () => {});
    fromWorker.on("data", (data: Buffer) => this.#receive(data));
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => this.#print(data));
    this.#ended = new Promise((resolve) => {
      // "close" comes when its output has been read, too.
      child.on("close", (code, signal) => {
        this.#end = { code, signal, output: this.#output };
        this.#pending?.reject(new Error(this.#obituary(this.#end)));
        this.#pending = undefined;
        resolve(this.#end);
      });
    });
  }

  /**
   * A fresh machine.
   * @param parts.computeLimit a command that computes more ends the machine with exit code 17; none by default
   * @throws when the engine is not built: a test that needs it fails, it is never skipped
   */
  static async open(parts: { readonly computeLimit?: number; readonly worker?: string } = {}): Promise<XsMachine> {
    const worker = parts.worker ?? builtWorker;
    if (!existsSync(worker))
      throw new Error(`the XS engine is not built: ${worker} is missing. Build it with: node build.mjs test (needs a C compiler and make)`);
    const args = ["portable-core", ...(parts.computeLimit === undefined ? [] : ["-l", String(parts.computeLimit)])];
    const child = spawn(worker, args, { stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"] });
    const toWorker = child.stdio[commandFd];
    const fromWorker = child.stdio[replyFd];
    if (!isWritable(toWorker) || !isReadable(fromWorker)) throw new Error("the XS worker has no command channels");
    const machine = new XsMachine(child, toWorker, fromWorker, await mkdtemp(path.join(tmpdir(), "penstock-xs-")));
    await machine.load(prelude);
    return machine;
  }

  /** Runs a script; what it evaluates to is dropped. */
  load(script: string): Promise<XsReply> {
    return this.#command("e", script);
  }

  /** The text that an expression, or the promise it gives, comes to. Rejects with what it throws. */
  async ask(expression: string): Promise<XsReply> {
    const { text, compute } = await this.#command("?", expression);
    if (!text.startsWith("=")) throw new Error(`XS threw ${text.slice(1)}`);
    return { text: text.slice(1), compute };
  }

  /** Collects garbage and gives the whole machine as bytes. */
  async snapshot(): Promise<Uint8Array> {
    const file = path.join(this.#scratch, "machine.xss");
    await this.load("gc(); 0");
    await this.#command("w", file);
    return readFile(file);
  }

  /** Ends the machine. */
  async close(): Promise<XsEnd> {
    if (this.#end === undefined) this.#send("q", "");
    const end = await this.#ended;
    await rm(this.#scratch, { recursive: true, force: true });
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #command(kind: string, body: string): Promise<XsReply> {
    const turn = this.#last.then(
      () =>
        new Promise<XsReply>((resolve, reject) => {
          if (this.#end !== undefined) reject(new Error(this.#obituary(this.#end)));
          else {
            this.#pending = { resolve, reject };
            this.#send(kind, body);
          }
        }),
    );
    this.#last = turn.catch(() => {});
    return turn;
  }

  #send(kind: string, body: string): void {
    const message = Buffer.from(kind + body);
    this.#toWorker.write(Buffer.concat([Buffer.from(`${message.length}:`), message, Buffer.from(",")]));
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.toString("latin1", 0, colon));
      if (this.#received.length <= end) return;
      const message = this.#received.subarray(colon + 1, end);
      this.#received = this.#received.subarray(end + 1);
      this.#settle(message.toString("latin1", 0, 1), message.subarray(1));
    }
  }

  #settle(kind: string, body: Buffer): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (kind === "!") pending?.reject(new Error(`XS threw ${body.toString()}`));
    else if (kind === ".") {
      const [meter, text] = splitOnce(body, 1);
      pending?.resolve({ text: text.toString(), compute: computeOf(meter.toString()) });
    } else pending?.reject(new Error(`the XS worker sent an unexpected "${kind}"`));
  }

  #print(data: Buffer): void {
    this.#output = (this.#output + data.toString()).slice(0, 10_000);
  }

  #obituary({ code, signal, output }: XsEnd): string {
    return `the XS worker (pid ${this.#child.pid}) ended with ${code === null ? signal : `exit code ${code}`}: ${output}`;
  }
}

function isWritable(stream: Readable | Writable | null | undefined): stream is Writable {
  return stream !== null && stream !== undefined && "write" in stream;
}

function isReadable(stream: Readable | Writable | null | undefined): stream is Readable {
  return stream !== null && stream !== undefined && "read" in stream;
}

/** The bytes before and behind the first `mark`; a missing mark counts as the end. */
function splitOnce(bytes: Buffer, mark: number): readonly [Buffer, Buffer] {
  const at = bytes.indexOf(mark);
  return at < 0 ? [bytes, Buffer.alloc(0)] : [bytes.subarray(0, at), bytes.subarray(at + 1)];
}

function computeOf(meter: string): number {
  if (meter === "") return 0;
  const figures: unknown = JSON.parse(meter);
  return typeof figures === "object" && figures !== null && "compute" in figures ? Number(figures.compute) : Number.NaN;
}
