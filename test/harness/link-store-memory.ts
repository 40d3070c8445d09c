import type { CommandRecord } from "../../shared/connectors/link/command-record.ts";
import type { LiveValue } from "../../shared/connectors/link/link-message.ts";
import type { BoardMemory, LinkBatch, LinkCommand, LinkStore, UnexplainedGap } from "../../shared/connectors/ports.ts";
import { beginning, type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import type { JournalRecord } from "../../shared/pipeline/journal-record.ts";

/** What a gateway keeps of one board. */
export class KeptBoard {
  readonly cursors = new Map<string, Cursor>();
  readonly boots = new Map<number, string>();
  origin: string | undefined;
  readonly commands = new Map<number, { readonly command: LinkCommand; sentTo: string | undefined; ended: CommandRecord | undefined }>();
  /** Records by stream and place. */
  readonly records = new Map<string, Map<string, JournalRecord>>();
  readonly gaps: (UnexplainedGap & { readonly stream: string })[] = [];
  /** The newest live value of each point. */
  readonly live = new Map<string, LiveValue>();

  memory(): BoardMemory {
    return {
      cursors: new Map(this.cursors),
      boots: new Map(this.boots),
      origin: this.origin,
      commands: [...this.commands.values()].filter(({ ended }) => ended === undefined),
    };
  }

  stream(id: string): Map<string, JournalRecord> {
    let records = this.records.get(id);
    if (records === undefined) {
      records = new Map();
      this.records.set(id, records);
    }
    return records;
  }
}

const placeOf = ({ term, seq }: Cursor): string => `${term}/${seq}`;
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Keeps what boards send in memory, and refuses to do wrong: a batch that does not begin where its stream stands, a record in a place that is taken. */
export class MemoryLinkStore implements LinkStore {
  epoch: number;
  readonly boards = new Map<string, KeptBoard>();
  /** Awaited before a batch is kept: to be slow, or to fail. */
  before: (batch: LinkBatch) => Promise<void> = async () => {};
  keepsPayloads = true;
  records = 0;
  onLive: (values: readonly LiveValue[]) => void = () => {};
  onApplied: (batch: LinkBatch) => void = () => {};

  constructor(epoch = 1) {
    this.epoch = epoch;
  }

  board(id: string): KeptBoard {
    let board = this.boards.get(id);
    if (board === undefined) {
      board = new KeptBoard();
      this.boards.set(id, board);
    }
    return board;
  }

  async load(id: string): Promise<BoardMemory> {
    return this.board(id).memory();
  }

  async apply(id: string, batch: LinkBatch): Promise<void> {
    await this.before(batch);
    this.keep(id, batch);
    this.onApplied(batch);
  }

  /** Keeps the batch at once. @throws {Error} what a store must never be asked for */
  keep(id: string, batch: LinkBatch): void {
    const board = this.board(id);
    for (const { stream, prev } of batch.streams) {
      const stands = board.cursors.get(stream) ?? beginning;
      if (compareCursors(stands, prev) !== 0)
        throw new Error(`${stream} stands at ${placeOf(stands)}, the batch begins at ${placeOf(prev)}`);
    }
    for (const { stream, prev, cursor, records, gaps } of batch.streams) {
      if (compareCursors(cursor, prev) < 0) throw new Error(`${stream} would go back from ${placeOf(prev)} to ${placeOf(cursor)}`);
      const kept = board.stream(stream);
      this.records += records.length;
      if (this.keepsPayloads)
        for (const record of records) {
          const there = kept.get(placeOf(record));
          if (there !== undefined && !sameBytes(there.payload, record.payload))
            throw new Error(`${stream} ${placeOf(record)} would be overwritten`);
          if (there !== undefined) throw new Error(`${stream} ${placeOf(record)} would be kept twice`);
          kept.set(placeOf(record), { ...record, payload: record.payload.slice() });
        }
      for (const gap of gaps) board.gaps.push({ ...gap, stream });
      board.cursors.set(stream, cursor);
    }
    if (batch.boot !== undefined) board.boots.set(batch.boot.term, batch.boot.bootId);
    if (batch.origin !== undefined) board.origin = batch.origin;
    for (const record of batch.ended) {
      const command = board.commands.get(record.cmdSeq);
      if (command !== undefined && command.ended === undefined && command.command.opId === record.opId) command.ended = record;
    }
  }

  async markSent(id: string, cmdSeqs: readonly number[], origin: string): Promise<void> {
    for (const cmdSeq of cmdSeqs) {
      const command = this.board(id).commands.get(cmdSeq);
      if (command !== undefined) command.sentTo = origin;
    }
  }

  /** Keeps a command before it is issued. */
  order(id: string, command: LinkCommand): void {
    this.board(id).commands.set(command.cmdSeq, { command, sentTo: undefined, ended: undefined });
  }

  live(id: string, values: readonly LiveValue[]): void {
    const { live } = this.board(id);
    for (const value of values) {
      const before = live.get(value.key);
      if (before === undefined || compareCursors(value.at, before.at) > 0) live.set(value.key, value);
    }
    this.onLive(values);
  }
}
