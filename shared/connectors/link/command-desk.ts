import { type Clock, sleep } from "../../base/clock.ts";
import { codeAndReason } from "../../base/edge-error.ts";
import type { Log } from "../../base/log.ts";
import { Stopped, type StopSignal } from "../../base/stop-signal.ts";
import { millis } from "../../base/units.ts";
import { type JournalRecord, RecordKind, readRecord, recordEnd } from "../../pipeline/journal-record.ts";
import type { Journal } from "../../pipeline/ports.ts";
import { commandsStream } from "../../pipeline/resolve-journal.ts";
import type { BegunCommand, CommandExecutor, LinkCommand } from "../ports.ts";
import { type CommandRecord, type CommandResult, decodeCommandRecord, encodeCommandRecord } from "./command-record.ts";
import type { LinkMemoryBook } from "./link-memory-book.ts";

export interface CommandDeskParts {
  readonly book: LinkMemoryBook;
  readonly journal: Pick<Journal, "commit" | "read" | "info">;
  readonly executor: CommandExecutor;
  /** Told how each command ended, when that is on disk, and again when a command is asked for again. */
  readonly answered: (record: CommandRecord) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Commands that wait for the one that is carried out. */
const mostWaiting = 64;
/** Ends that are kept, to be told again. */
const mostResults = 64;
const retry = millis(1000);
const readBounds = { records: 1000, bytes: 262_144 };

/**
 * Carries out each command at most once, and writes one record of how it ended, whatever goes wrong in between: before a command is begun, that is kept;
 * one that was begun and has no record when the board starts again is recorded as `unknown` and never begun again.
 */
export class CommandDesk {
  /** Commands that ended, that did not fit the queue, and that were asked for again. */
  ended = 0;
  overflowed = 0;
  repeated = 0;
  readonly #parts: CommandDeskParts;
  readonly #stop: StopSignal;
  readonly #waiting: LinkCommand[] = [];
  #accepted: number;
  #running: Promise<void>;
  #busy = false;

  /** Ends first what a crash left open, then takes commands until `stop`. */
  constructor(parts: CommandDeskParts, stop: StopSignal) {
    this.#parts = parts;
    this.#stop = stop;
    const { applied, begun } = parts.book.kept;
    this.#accepted = Math.max(applied, begun?.cmdSeq ?? 0);
    this.#running = begun === undefined ? Promise.resolve() : this.#work(begun);
  }

  /** @param after the command that must have come before; one that did not is waited for */
  offer(command: LinkCommand, after: number): void {
    if (command.cmdSeq <= this.#accepted) {
      this.repeated++;
      const record = this.#parts.book.kept.results.find(({ cmdSeq }) => cmdSeq === command.cmdSeq);
      if (record !== undefined) this.#parts.answered(record);
      return;
    }
    if (after > this.#accepted) return;
    if (this.#waiting.length >= mostWaiting) {
      this.overflowed++;
      return;
    }
    this.#accepted = command.cmdSeq;
    this.#waiting.push(command);
    if (!this.#busy) this.#running = this.#work();
  }

  /** Resolves when nothing is being carried out. After `stop` that is soon. */
  idle(): Promise<void> {
    return this.#running;
  }

  async #work(begun?: BegunCommand): Promise<void> {
    this.#busy = true;
    try {
      if (begun !== undefined) await this.#settle(begun);
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        if (this.#stop.aborted) return;
        await this.#carryOut(next);
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #carryOut(command: LinkCommand): Promise<void> {
    const { book, clock, journal } = this.#parts;
    const { cmdSeq, opId, expiresAt } = command;
    if (clock.wall() >= expiresAt) {
      await this.#end({ cmdSeq, opId, outcome: "expired", reason: "it came after its time" });
      return;
    }
    const begun = { cmdSeq, opId, after: journal.info(commandsStream).durable };
    await this.#persist(() => book.update(() => ({ begun })));
    const result = await this.#execute(command);
    await this.#end({ ...result, cmdSeq, opId });
  }

  async #execute(command: LinkCommand): Promise<CommandResult> {
    try {
      return await this.#parts.executor.execute(command, this.#stop);
    } catch (error) {
      // What was stopped in the middle may have happened or not: the next start says so.
      if (error instanceof Stopped) throw error;
      return { outcome: "failed", ...codeAndReason(error) };
    }
  }

  /** One record, then the number: in this order, so that a crash in between finds the record. */
  async #end(record: CommandRecord): Promise<void> {
    const { clock, journal } = this.#parts;
    const payload = encodeCommandRecord(record);
    await this.#persist(() => journal.commit(commandsStream, RecordKind.command, clock.wall(), payload));
    await this.#close(record);
  }

  async #close(record: CommandRecord): Promise<void> {
    const { answered, book } = this.#parts;
    await this.#persist(() =>
      book.update(({ results }) => ({
        applied: record.cmdSeq,
        begun: undefined,
        results: [...results.slice(-(mostResults - 1)), record],
      })),
    );
    this.ended++;
    answered(record);
  }

  async #settle(begun: BegunCommand): Promise<void> {
    const { cmdSeq, opId } = begun;
    const found = await this.#find(begun);
    if (found !== undefined) return this.#close(found);
    this.#parts.log.warn({ cmdSeq, opId }, "a command was interrupted; it is not begun again");
    return this.#end({ cmdSeq, opId, outcome: "unknown", reason: "interrupted: the board stopped while it was carried out" });
  }

  /** The record of the command's end, if the crash came only after it was written. */
  async #find({ cmdSeq, after }: BegunCommand): Promise<CommandRecord | undefined> {
    const { journal } = this.#parts;
    for (let place = after, more = true; more; ) {
      const batch = await journal.read(commandsStream, place, readBounds);
      for (const record of recordsOf(batch.records)) {
        const ended = record.kind === RecordKind.command ? decodeCommandRecord(record.payload) : undefined;
        if (ended?.cmdSeq === cmdSeq) return ended;
      }
      place = batch.last;
      more = batch.more;
    }
    return undefined;
  }

  /** Nothing goes on before this is on disk; a disk that refuses is asked again. @throws {Stopped} */
  async #persist(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        if (this.#stop.aborted) throw new Stopped();
        this.#parts.log.error({ err: error }, "what became of a command cannot be written; it is tried again");
        await sleep(this.#parts.clock, retry, this.#stop);
      }
    }
  }
}

function* recordsOf(bytes: Uint8Array): Generator<JournalRecord> {
  for (let at = 0, next = recordEnd(bytes, 0, bytes.length); next > at; at = next, next = recordEnd(bytes, at, bytes.length))
    yield readRecord(bytes, at);
}
