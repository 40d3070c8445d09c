import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { parseUnitFacts, type UnitFacts } from "../../shared/acquisition/learning/unit-facts.ts";
import type { LearnedFacts, LearnedLines } from "../../shared/acquisition/ports.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { crc32c } from "../../shared/base/crc32c.ts";
import { isJsonObject } from "../../shared/base/json.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { millis } from "../../shared/base/units.ts";

export interface LearnedFileParts {
  /** Path of the file. `<file>.previous` is the generation before, `<file>.corrupt` one that could not be read. */
  readonly file: string;
  /** Things whose facts are kept; those of others are forgotten. */
  readonly things: ReadonlySet<string>;
  /** Lines of which something is kept; default none. */
  readonly lines?: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Log;
}

const format = 1;
/** Flash wears: the changes of so long are written together. */
const writeEvery = millis(60_000);
const mostInFlight = 16;
/** 4,096 points with a hole for each are a quarter of a megabyte. */
const largest = 16 * 1024 * 1024;

/** What a file holds. */
interface Learned {
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Transactions under way at once, by line. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * What was learned of units and lines, in one JSON file with a checksum, written at most once a minute and only when something changed: beside it, synced,
 * renamed. The generation before is kept. A file that is damaged is set aside, never an error: everything in it can be learned again.
 */
export class LearnedFile implements LearnedFacts, LearnedLines, MetricSource, AsyncDisposable {
  readonly #parts: LearnedFileParts;
  readonly #facts: Map<string, UnitFacts>;
  readonly #lines: Map<string, number>;
  /** As in the file, to tell a change. */
  readonly #texts = new Map<string, string>();
  #disarm: Disarm | undefined;
  #writing: Promise<void> = Promise.resolve();
  #dirty = false;
  #closed = false;
  #failing = false;
  #writes = 0;
  #failures = 0;

  private constructor(parts: LearnedFileParts, { units, lines }: Learned) {
    this.#parts = parts;
    this.#facts = new Map([...units].filter(([thing]) => parts.things.has(thing)));
    this.#lines = new Map([...lines].filter(([line]) => parts.lines?.has(line) === true));
    for (const [thing, one] of this.#facts) this.#texts.set(thing, JSON.stringify(one));
  }

  /** Reads the file, or the generation before, or begins with nothing. */
  static async open(parts: LearnedFileParts): Promise<LearnedFile> {
    const { file, log } = parts;
    for (const candidate of [file, `${file}.previous`]) {
      const found = await read(candidate);
      if (found === "none") continue;
      if (found !== "corrupt") return new LearnedFile(parts, found);
      const aside = `${file}.corrupt`;
      await rename(candidate, aside).catch(() => {});
      log.warn({ file: candidate, aside }, "what was learned of units cannot be read; it is set aside and learned again where need be");
    }
    return new LearnedFile(parts, { units: new Map(), lines: new Map() });
  }

  get(thing: string): UnitFacts | undefined {
    return this.#facts.get(thing);
  }

  put(thing: string, facts: UnitFacts): void {
    if (this.#closed || !this.#parts.things.has(thing)) return;
    const kept = steady(this.#facts.get(thing), facts);
    const text = JSON.stringify(kept);
    if (this.#texts.get(thing) === text) return;
    this.#facts.set(thing, kept);
    this.#texts.set(thing, text);
    this.#dirty = true;
    this.#arm();
  }

  inFlight(line: string): number | undefined {
    return this.#lines.get(line);
  }

  putInFlight(line: string, inFlight: number): void {
    if (this.#closed || this.#parts.lines?.has(line) !== true || this.#lines.get(line) === inFlight) return;
    this.#lines.set(line, inFlight);
    this.#dirty = true;
    this.#arm();
  }

  metrics(): readonly Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: "counter",
      values: [{ labels: {}, value }],
    });
    return [
      counter("penstock_learned_writes_total", "Times that what was learned of units was written to disk", this.#writes),
      counter("penstock_learned_write_failures_total", "Times that it could not be written", this.#failures),
    ];
  }

  /** Writes what is not on disk yet. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm?.();
    await this.#writing;
    await this.#write();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #arm(): void {
    this.#disarm ??= this.#parts.clock.after(writeEvery, () => {
      this.#disarm = undefined;
      this.#writing = this.#write();
    });
  }

  async #write(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    const { file, log } = this.#parts;
    try {
      await replace(file, documentOf({ units: this.#facts, lines: this.#lines }));
      this.#writes += 1;
      this.#failing = false;
    } catch (error) {
      this.#failures += 1;
      this.#dirty = true;
      if (!this.#failing) log.warn({ file, error: String(error) }, "what was learned of units cannot be written; it is tried again");
      this.#failing = true;
      if (!this.#closed) this.#arm();
    }
  }
}

/** Costs are measured anew all the time: one that moved little stays as it was written. */
function steady(before: UnitFacts | undefined, now: UnitFacts): UnitFacts {
  if (before?.cost === undefined || now.cost === undefined) return now;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.25 * Math.max(a, b);
  const same = near(before.cost.perRequest, now.cost.perRequest) && near(before.cost.perRegister, now.cost.perRegister);
  return same ? { ...now, cost: before.cost } : now;
}

function checksum(text: string): string {
  return crc32c(Buffer.from(text)).toString(16).padStart(8, "0");
}

function documentOf(learned: Learned): string {
  const kept = { units: Object.fromEntries(learned.units), lines: Object.fromEntries(learned.lines) };
  return `${JSON.stringify({ format, checksum: checksum(JSON.stringify(kept)), ...kept })}\n`;
}

async function read(file: string): Promise<Learned | "none" | "corrupt"> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > largest) return "corrupt";
    const found: unknown = JSON.parse(bytes.toString());
    if (!isJsonObject(found) || found["format"] !== format) return "corrupt";
    const { units, lines } = found;
    if (!isJsonObject(units) || !isJsonObject(lines) || checksum(JSON.stringify({ units, lines })) !== found["checksum"]) return "corrupt";
    const facts = new Map<string, UnitFacts>();
    for (const [thing, one] of Object.entries(units)) {
      const parsed = parseUnitFacts(one);
      if (parsed !== undefined) facts.set(thing, parsed);
    }
    const windows = new Map<string, number>();
    for (const [line, one] of Object.entries(lines))
      if (typeof one === "number" && Number.isInteger(one) && one >= 1 && one <= mostInFlight) windows.set(line, one);
    return { units: facts, lines: windows };
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? "none" : "corrupt";
  }
}

/** A crash at any moment leaves the old generation, the new one, or the old one under the name of the one before. */
async function replace(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    const handle = await open(part, "w");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(file, `${file}.previous`).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  const folder = await open(path.dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
