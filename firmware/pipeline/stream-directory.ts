import type { Log } from "../../shared/base/log.ts";
import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import { scanRecords } from "../../shared/pipeline/scan-records.ts";
import type { LogEntry, LogFs } from "./log-fs.ts";
import { replaceFile } from "./sealed-file.ts";
import { type Segment, segmentName, segmentOf, segmentPlace } from "./segment.ts";

/** Pieces of damaged segments that are kept for people to look at; older ones go. */
const keptDamages = 2;

/** A segment file by its name. */
export interface SegmentFile {
  readonly name: string;
  readonly place: Cursor;
  readonly size: number;
  /** The lowest number with which a segment behind this one begins: what has it or a higher one was written anew there. */
  readonly limit: number;
}

export interface StreamDirectoryParts {
  readonly fs: LogFs;
  readonly directory: string;
  readonly log: Log;
}

/** The files of one stream: `<term>-<seq>.seg`, each with its `.idx` once it is sealed, and `.bad` for what was cut off a damaged one. */
export class StreamDirectory {
  readonly fs: LogFs;
  readonly path: string;
  readonly #log: Log;

  constructor({ fs, directory, log }: StreamDirectoryParts) {
    this.fs = fs;
    this.path = directory;
    this.#log = log;
  }

  pathOf(name: string): string {
    return `${this.path}/${name}.seg`;
  }

  /** All segment files in their order. What was left half done is removed; what is nobody's is logged and left alone. */
  async segments(): Promise<readonly SegmentFile[]> {
    const entries = await this.fs.list(this.path);
    const files: Omit<SegmentFile, "limit">[] = [];
    const names = new Set(entries.map(({ name }) => name));
    const foreign: string[] = [];
    for (const { name, size } of entries) {
      const [stem = "", kind] = split(name);
      const place = segmentPlace(stem);
      if (kind === "seg" && place !== undefined) files.push({ name: stem, place, size });
      else if (kind === "tmp" || (kind === "idx" && place !== undefined && !names.has(`${stem}.seg`))) {
        await this.tidy(name);
      } else if (place === undefined || (kind !== "idx" && kind !== "bad")) foreign.push(name);
    }
    if (foreign.length > 0) {
      this.#log.warn({ directory: this.path, files: foreign.slice(0, 20) }, "files that are not the journal's are left alone");
    }
    files.sort((a, b) => compareCursors(a.place, b.place));
    let limit = Number.POSITIVE_INFINITY;
    return files
      .toReversed()
      .map((file) => {
        const limited = { ...file, limit };
        limit = Math.min(limit, file.place.seq);
        return limited;
      })
      .reverse();
  }

  /** Reads a segment through. */
  async scan(file: SegmentFile): Promise<{ readonly segment: Segment | undefined; readonly bytes: Uint8Array }> {
    const bytes = await this.fs.read(this.pathOf(file.name), 0, file.size);
    const scanned = scanRecords(bytes, 0, bytes.length, undefined, file.limit);
    const sound = scanned.first !== undefined && segmentName(scanned.first) === file.name;
    return { segment: sound ? segmentOf(file.name, scanned) : undefined, bytes };
  }

  /** Puts the bytes that are not sound aside. */
  async quarantine(name: string, bytes: Uint8Array): Promise<void> {
    try {
      const entries = (await this.fs.list(this.path)).filter((entry) => entry.name.endsWith(".bad"));
      for (const entry of entries.sort(byPlace).slice(0, Math.max(0, entries.length - keptDamages + 1))) {
        await this.fs.remove(`${this.path}/${entry.name}`);
      }
      await replaceFile(this.fs, this.path, `${name}.bad`, bytes);
      this.#log.error({ directory: this.path, segment: name, bytes: bytes.length }, "a damaged part of the journal was put aside");
    } catch (error) {
      this.#log.error({ directory: this.path, segment: name, err: error }, "a damaged part of the journal could not be put aside");
    }
  }

  /** Removes a segment for good. What cannot be removed now is found again at the next start. */
  async remove(name: string): Promise<void> {
    // The index tells where a segment ends that could not be cut: it goes last.
    if (await this.tidy(`${name}.seg`)) await this.tidy(`${name}.idx`);
  }

  /** Removes a file of the stream. False when the disk does not let it. */
  async tidy(name: string): Promise<boolean> {
    try {
      await this.fs.remove(`${this.path}/${name}`);
      return true;
    } catch (error) {
      this.#log.debug({ directory: this.path, file: name, err: error }, "a file of the journal could not be removed");
      return false;
    }
  }
}

function split(name: string): readonly string[] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}

function byPlace(a: LogEntry, b: LogEntry): number {
  const place = (entry: LogEntry): Cursor => segmentPlace(split(entry.name)[0] ?? "") ?? { term: 0, seq: 0 };
  return compareCursors(place(a), place(b));
}
