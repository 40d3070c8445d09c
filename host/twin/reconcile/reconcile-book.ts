import type { Change, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { type ReconcileRecord, recordAsJson, recordKey, recordOf } from "./reconcile-record.ts";

const actor = "system";

/** What is kept of keys that did not succeed at once, in memory and in the store. */
export class ReconcileBook {
  readonly #store: Pick<GatewayStore, "commit" | "states">;
  readonly #records = new Map<string, ReconcileRecord>();

  private constructor(store: Pick<GatewayStore, "commit" | "states">) {
    this.#store = store;
  }

  static async open(store: Pick<GatewayStore, "commit" | "states">, kinds: readonly string[]): Promise<ReconcileBook> {
    const book = new ReconcileBook(store);
    for (const kind of kinds) {
      for (const [id, value] of await store.states(recordKey(kind, ""))) {
        const record = recordOf(value);
        if (record !== undefined) book.#records.set(id, record);
      }
    }
    return book;
  }

  of(id: string): ReconcileRecord | undefined {
    return this.#records.get(id);
  }

  /** Keys in error. */
  get errors(): number {
    let errors = 0;
    for (const { error } of this.#records.values()) if (error !== undefined) errors++;
    return errors;
  }

  /** Keeps a record, with what belongs into the same batch. */
  async keep(id: string, record: ReconcileRecord, beside: Pick<Change, "puts" | "events"> = {}): Promise<void> {
    await this.#store.commit({ ...beside, actor, state: [{ key: id, value: recordAsJson(record) }] });
    this.#records.set(id, record);
  }

  /** Nothing is written where there was none. */
  async forget(id: string): Promise<void> {
    if (!this.#records.has(id)) return;
    await this.#store.commit({ actor, state: [{ key: id, value: undefined }] });
    this.#records.delete(id);
  }
}
