import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { CommitUpkeep } from "./batch-sink.ts";
import { ByteReader } from "./byte-reader.ts";
import type { HistoryView } from "./history-space.ts";
import { stateOf } from "./pruned-state.ts";
import { hourSummary } from "./summary-bytes.ts";
import { putKept, type UpkeepParts } from "./upkeep.ts";

const keysPerBatch = 5000;

/** Removes the records of points whose names are free again, a few thousand a batch, and takes up after a crash where it was. */
export class HistoryRemover {
  readonly #parts: UpkeepParts;
  readonly #reader = new ByteReader();

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** @throws {Stopped}, and what `commit` throws */
  async run(commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { space, keys, marks } = this.#parts;
    const ids: number[] = [];
    await using view = space();
    for await (const entries of view.entries(keys.removals(), stop)) for (const [key] of entries) ids.push(keys.idOf(key));
    for (const id of ids) {
      for (const kind of ["reading", "minutes", "mark"] as const) await this.#clear(view, kind, id, commit, stop);
      await this.#clearHours(view, id, commit, stop);
      await commit((sink) => {
        sink.del(keys.state(id));
        sink.del(keys.removed(id));
      });
      marks.forget((key) => Math.floor(key / 2 ** 27) === id);
    }
  }

  async #clear(view: HistoryView, kind: "reading" | "minutes" | "mark", id: number, commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { keys, counters } = this.#parts;
    let drop: Uint8Array[] = [];
    const flush = async (): Promise<void> => {
      const gone = drop;
      drop = [];
      if (gone.length === 0) return;
      await commit((sink) => {
        for (const key of gone) sink.del(key);
      });
      if (kind === "reading") counters.prunedReadings += gone.length;
    };
    for await (const entries of view.entries(keys.all(kind, id), stop)) {
      for (const [key] of entries) drop.push(key);
      if (drop.length >= keysPerBatch) await flush();
    }
    await flush();
  }

  /** The sums of hours go last: they tell how many of the removed readings were counted as kept. */
  async #clearHours(view: HistoryView, id: number, commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { keys, counters } = this.#parts;
    const pruned = stateOf(this.#reader, await view.get(keys.state(id)));
    for await (const entries of view.entries(keys.all("hours", id), stop)) {
      let fewer = 0;
      for (const [key, value] of entries) {
        const begin = keys.timeOf(key);
        if (begin >= pruned.readings) fewer += hourSummary(this.#reader.open(value), begin).count;
      }
      await commit((sink) => {
        for (const [key] of entries) sink.del(key);
        counters.kept -= fewer;
        putKept(sink, this.#parts);
      });
    }
  }
}
