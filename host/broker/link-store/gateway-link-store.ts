import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { BoardDescription } from "../../../shared/connectors/link/board-description.ts";
import type { LiveValue } from "../../../shared/connectors/link/link-message.ts";
import type { BoardMemory, LinkBatch, LinkStore } from "../../../shared/connectors/ports.ts";
import { beginning, compareCursors } from "../../../shared/pipeline/cursor.ts";
import { decodeSample } from "../../../shared/pipeline/sample-record.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { afterBatch, type BoardRecord, boardRecordKey, decodeBoardRecord, encodeBoardRecord } from "./board-record.ts";
import { ChangeDraft } from "./change-draft.ts";
import { CommandBook } from "./command-book.ts";
import { keepDescription } from "./description-changes.ts";
import { gapEvents } from "./gap-events.ts";
import { KnownPoints } from "./known-points.ts";
import { PointOwners } from "./point-owners.ts";
import { type ReadStream, readStream, StreamReadFailed, type StreamYield } from "./read-stream.ts";

/** Told of what boards brought, for screens. Must not throw. */
export interface ReadingListener {
  /** Readings of one stream that are on disk now, in order. */
  kept(board: string, stream: string, readings: readonly Reading[]): void;
  /** A newest value ahead of its record. */
  ahead(board: string, stream: string, reading: Reading): void;
  /** The thing is gone. */
  gone?(thing: string): void;
}

export interface GatewayLinkStoreParts {
  readonly store: GatewayStore;
  readonly listener: ReadingListener;
  readonly clock: Clock;
  readonly log: Log;
  /** Reads the records of one stream; for tests. */
  readonly read?: ReadStream;
}

const epochKey = "link/epoch";
/** A batch is put together anew so often when its documents change meanwhile. */
const mostTries = 8;

/** What is in memory of one board. */
interface BoardState {
  record: BoardRecord;
  readonly points: KnownPoints;
}

/** Keeps what boards send in the gateway's store: everything that a batch means is one change. */
export class GatewayLinkStore implements LinkStore, MetricSource {
  readonly epoch: number;
  readonly commands: CommandBook;
  /** Records kept, batches, batches put together anew, records that were no samples, and readings that were not the board's to send. */
  records = 0;
  batches = 0;
  retries = 0;
  invalid = 0;
  refused = 0;
  readonly #parts: GatewayLinkStoreParts;
  readonly #owners: PointOwners;
  readonly #boards = new Map<string, BoardState>();
  readonly #read: ReadStream;
  readonly #forget: () => void;

  private constructor(parts: GatewayLinkStoreParts, epoch: number, commands: CommandBook) {
    this.#parts = parts;
    this.epoch = epoch;
    this.commands = commands;
    this.#read = parts.read ?? readStream;
    this.#owners = new PointOwners({ store: parts.store, log: parts.log });
    this.#forget = parts.store.onCommit((_committed, { actor, puts = [], deletes = [] }) => {
      for (const { kind, id } of deletes) {
        if (kind === "thing" || kind === "feature") this.#forgetThing(id);
        if (kind === "thing") parts.listener.gone?.(id);
      }
      if (!actor.startsWith("board:")) for (const { kind, id } of puts) if (kind === "thing") this.#forgetThing(id);
    });
  }

  /**
   * Begins a new epoch: it is kept before anything is done in it. A store without one begins at the wall clock's seconds: boards obey the highest epoch that
   * they have heard of, and whoever sets up a gateway in the place of another wants the new one to be in charge.
   */
  static async open(parts: GatewayLinkStoreParts): Promise<GatewayLinkStore> {
    const kept = await parts.store.state(epochKey);
    const epoch = typeof kept === "number" ? kept + 1 : Math.max(1, Math.floor(parts.clock.wall() / 1000));
    await parts.store.commit({ actor: "system", state: [{ key: epochKey, value: epoch }] });
    return new GatewayLinkStore(parts, epoch, await CommandBook.open(parts.store));
  }

  async load(board: string): Promise<BoardMemory> {
    const { store } = this.#parts;
    const [cursors, state, commands] = [await store.cursors(board), await this.#state(board), await this.commands.load(board)];
    const { boots, origin, description } = state.record;
    return { cursors, boots, origin, commands, description };
  }

  async apply(board: string, batch: LinkBatch): Promise<void> {
    const yields = batch.streams.map((stream) => this.#readOne(board, stream));
    for (let tries = 1; ; tries++) {
      const taken = await this.#tryApply(board, batch, yields).catch((error: unknown) => this.#again(board, batch, error, tries));
      if (taken === undefined) continue;
      this.batches++;
      for (const { records } of batch.streams) this.records += records.length;
      for (const { invalid } of yields) this.invalid += invalid;
      for (const [at, readings] of taken.entries()) {
        this.refused += (yields[at]?.readings.length ?? 0) - readings.length;
        if (readings.length > 0) this.#parts.listener.kept(board, yields[at]?.stream ?? "", readings);
      }
      return;
    }
  }

  markSent(board: string, cmdSeqs: readonly number[], origin: string): Promise<void> {
    return this.commands.mark(board, cmdSeqs, origin, this.#parts.clock.wall());
  }

  live(board: string, values: readonly LiveValue[]): void {
    const points = this.#boards.get(board)?.points;
    if (points === undefined) return;
    for (const { stream, at, payload } of values) {
      const sample = decodeSample(payload);
      if (sample === undefined) continue;
      const isTaken = points.get(sample.thing, sample.feature);
      if (isTaken === true) this.#parts.listener.ahead(board, stream, { ...sample, term: at.term, seq: at.seq });
      else if (isTaken === undefined) this.#owners.recall(board, points, sample.thing, sample.feature);
    }
  }

  async described(board: string, description: BoardDescription): Promise<void> {
    const { store, clock } = this.#parts;
    const state = await this.#state(board);
    const last = { key: boardRecordKey(board), value: encodeBoardRecord({ ...state.record, description: description.hash }) };
    const parts = { store, owners: this.#owners, points: state.points, now: clock.wall() };
    for (let tries = 1; ; tries++) {
      try {
        await keepDescription(parts, board, description, last);
        break;
      } catch (error) {
        for (const { id } of description.things) state.points.forget(id);
        if (!(error instanceof RevisionConflict) || tries >= mostTries) throw error;
        this.retries++;
      }
    }
    state.record = { ...state.record, description: description.hash };
  }

  /** Points that are known of all boards. */
  get points(): number {
    let points = 0;
    for (const board of this.#boards.values()) points += board.points.size;
    return points;
  }

  metrics(): readonly Metric[] {
    const one = (name: string, help: string, type: "counter" | "gauge", value: number): Metric => ({
      name: `penstock_ingest_${name}`,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      one("records_total", "Records of boards that are kept.", "counter", this.records),
      one("batches_total", "Batches that were kept, each with one change of the store.", "counter", this.batches),
      one("retries_total", "Batches put together anew, as a document of theirs changed meanwhile.", "counter", this.retries),
      one("invalid_records_total", "Records that could not be read.", "counter", this.invalid),
      one("refused_readings_total", "Readings of things that belong to another board, or beyond a bound.", "counter", this.refused),
      one("known_points", "Points that boards have sent readings of.", "gauge", this.points),
    ];
  }

  close(): void {
    this.#forget();
    this.commands.close();
  }

  #readOne(board: string, stream: LinkBatch["streams"][number]): StreamYield {
    try {
      return this.#read(board, stream);
    } catch (error) {
      throw new StreamReadFailed(stream.stream, error);
    }
  }

  /** @returns the readings that were taken, by stream */
  async #tryApply(board: string, batch: LinkBatch, yields: readonly StreamYield[]): Promise<readonly (readonly Reading[])[]> {
    const { store, clock } = this.#parts;
    const state = await this.#state(board);
    const draft = new ChangeDraft(`board:${board}`);
    const lookedUp = await this.#owners.lookUp(draft, board, state.points, yields);
    const taken = yields.map(({ readings }) => this.#ownReadings(state.points, readings));
    for (const readings of taken) for (const reading of readings) draft.readings.push(reading);
    for (const [at, { stream, prev, cursor, gaps }] of batch.streams.entries()) {
      draft.cursors.push({ board, stream, term: cursor.term, seq: cursor.seq, prev });
      const told = yields[at]?.told ?? [];
      if (told.length + gaps.length > 0) draft.events.push(...gapEvents(board, stream, told, gaps));
    }
    const record = afterBatch(state.record, batch);
    if (record !== state.record) draft.state.push({ key: boardRecordKey(board), value: encodeBoardRecord(record) });
    try {
      if (batch.ended.length > 0) await this.commands.end(draft, board, batch.ended, clock.wall());
      if (!draft.isEmpty) await store.commit(draft.change);
    } catch (error) {
      // Another board may have been faster.
      for (const thing of lookedUp) state.points.forget(thing);
      throw error;
    }
    state.record = record;
    return taken;
  }

  /** All of them in most cases: then nothing is copied. */
  #ownReadings(points: KnownPoints, readings: readonly Reading[]): readonly Reading[] {
    const isOwn = ({ thing, feature }: Reading): boolean => points.get(thing, feature) === true;
    return readings.every(isOwn) ? readings : readings.filter(isOwn);
  }

  /** Lets the batch be put together anew when only a document changed. @throws what cannot be mended so */
  async #again(board: string, batch: LinkBatch, error: unknown, tries: number): Promise<undefined> {
    if (!(error instanceof RevisionConflict) || tries >= mostTries) throw error;
    const cursors = await this.#parts.store.cursors(board);
    for (const { stream, prev } of batch.streams) if (compareCursors(cursors.get(stream) ?? beginning, prev) !== 0) throw error;
    this.retries++;
    return undefined;
  }

  async #state(board: string): Promise<BoardState> {
    let state = this.#boards.get(board);
    if (state === undefined) {
      const record = decodeBoardRecord(await this.#parts.store.state(boardRecordKey(board)));
      state = this.#boards.get(board) ?? { record, points: new KnownPoints() };
      this.#boards.set(board, state);
    }
    return state;
  }

  #forgetThing(id: string): void {
    const slash = id.indexOf("/");
    const thing = slash < 0 ? id : id.slice(0, slash);
    for (const { points } of this.#boards.values()) points.forget(thing);
  }
}
