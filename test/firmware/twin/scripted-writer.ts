import type { BatchWriter, TwinRecord } from "../../../firmware/twin/batch-writer.ts";
import { BatchedTwinStore, type TwinStoreParts } from "../../../firmware/twin/batched-twin-store.ts";

/** A disk that does what a test says: full, slow, or emptied behind one's back. */
export class ScriptedWriter implements BatchWriter {
  /** What is on the disk. */
  readonly disk = new Map<string, string>();
  readonly batches: (readonly TwinRecord[])[] = [];
  /** Why writes fail; `undefined`: they do not. */
  failure: Error | undefined = undefined;
  /** True: a write that fails reaches the disk all the same. */
  leaky = false;
  /** Why getting ready again fails. */
  recoverFailure: Error | undefined = undefined;
  recoveries = 0;
  /** True: the next recovery finds the disk emptied. */
  emptied = false;
  /** Writes wait for this. */
  gate: Promise<void> = Promise.resolve();
  closed = 0;

  async write(records: readonly TwinRecord[]): Promise<void> {
    await this.gate;
    this.batches.push(records);
    if (this.failure === undefined || this.leaky) {
      for (const { key, text } of records) {
        if (text === undefined) this.disk.delete(key);
        else this.disk.set(key, text);
      }
    }
    if (this.failure !== undefined) throw this.failure;
  }

  recover(): Promise<boolean> {
    this.recoveries += 1;
    if (this.recoverFailure !== undefined) return Promise.reject(this.recoverFailure);
    if (this.emptied) this.disk.clear();
    return Promise.resolve(this.emptied);
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

/** A twin store on such a disk. */
export class ScriptedTwinStore extends BatchedTwinStore {
  constructor(parts: TwinStoreParts, writer: ScriptedWriter) {
    super(parts, writer, [], 0);
  }
}
