import type { Log } from "../../shared/base/log.ts";
import type { LogFile } from "./log-fs.ts";
import type { RecordRun } from "./record-runs.ts";
import { replaceIndex, type Segment, segmentName } from "./segment.ts";
import type { StreamDirectory } from "./stream-directory.ts";

interface OpenFile {
  readonly file: LogFile;
  readonly name: string;
  /** What of it is on disk. */
  segment: Segment | undefined;
}

/** Writes the newest segment of a stream, one run of records at a time, each on disk before the next. */
export class SegmentWriter {
  readonly #home: StreamDirectory;
  readonly #log: Log;
  #open: OpenFile | undefined = undefined;
  /** An abandoned segment that may have more behind its end than belongs to it. */
  #uncut: Segment | undefined = undefined;

  constructor(home: StreamDirectory, log: Log) {
    this.#home = home;
    this.#log = log;
  }

  /** Name of the segment that is being written. */
  get name(): string | undefined {
    return this.#open?.name;
  }

  /** Brings records to disk. Gives the segment as it is then. */
  async write(run: RecordRun): Promise<Segment> {
    const { fs, path } = this.#home;
    const open = this.#open === undefined || run.begins ? await this.#begin(run) : this.#open;
    await open.file.write(run.bytes, open.segment?.bytes ?? 0);
    if (open.segment === undefined) await both(open.file.sync(), fs.syncDirectory(path));
    else await open.file.sync();
    open.segment = grown(open.name, open.segment, run);
    return open.segment;
  }

  async #begin(run: RecordRun): Promise<OpenFile> {
    await this.close();
    await this.#cut();
    const name = segmentName(run.first);
    this.#open = { file: await this.#home.fs.create(this.#home.pathOf(name)), name, segment: undefined };
    return this.#open;
  }

  /** The disk refused: what is not known to be on it is cut off, and the segment is not written again. Pages that a sync failed for may be lost though a later sync succeeds. */
  async abandon(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#uncut = open.segment;
    try {
      await open.file.close();
      if (open.segment === undefined) await this.#home.fs.remove(this.#home.pathOf(open.name));
      else await this.#cut();
    } catch (error) {
      this.#log.debug({ directory: this.#home.path, segment: open.name, err: error }, "what was not written could not be cut off");
    }
  }

  /** Cuts the abandoned segment, or has its index say for good where it ends: what lies behind gets its places anew in the next one. */
  async #cut(): Promise<void> {
    const segment = this.#uncut;
    if (segment === undefined) return;
    const { fs, path } = this.#home;
    try {
      await fs.truncate(this.#home.pathOf(segment.name), segment.bytes);
    } catch {
      await replaceIndex(fs, path, segment);
    }
    this.#uncut = undefined;
  }

  /** Writes no more to the segment. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
  }
}

function grown(name: string, before: Segment | undefined, { first, last, count, bytes, newest }: RecordRun): Segment {
  if (before === undefined) return { name, first, last, count, bytes: bytes.length, newest };
  return { name, first: before.first, last, count: before.count + count, bytes: before.bytes + bytes.length, newest };
}

/** Waits for the end of both, whatever comes of them. @throws what the first threw, or else the second */
async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled([one, other])) if (result.status === "rejected") throw result.reason;
}
