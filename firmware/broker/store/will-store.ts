import type { GroupCommit } from "./group-commit.ts";
import { decodeRecord, encodeRecord, type StoredMessage } from "./store-record.ts";

const keyOf = (clientId: string): string => `w/${clientId}`;

/** Last wills of connected clients: read once, at the start after a crash. MQTT 3.1.1 §3.1.2.5. */
export class WillStore {
  readonly #commit: GroupCommit;
  /** As on disk, by client. */
  readonly #known = new Map<string, Buffer>();

  constructor(commit: GroupCommit) {
    this.#commit = commit;
  }

  put(clientId: string, will: StoredMessage): void {
    const record = encodeRecord(will, { id: 0, released: false });
    if (this.#known.has(clientId)) this.#commit.put(keyOf(clientId), record);
    else this.#commit.create(keyOf(clientId), record);
    this.#known.set(clientId, record);
  }

  remove(clientId: string): void {
    if (this.#known.delete(clientId)) this.#commit.remove(keyOf(clientId));
  }

  /** Has all of it written once more: the disk lost some. */
  writeAgain(): void {
    for (const [clientId, record] of this.#known) this.#commit.put(keyOf(clientId), record);
  }

  /** Takes the will that a crash left behind out of the store; `undefined` when it is damaged. */
  take(key: string, value: Buffer): StoredMessage | undefined {
    this.#commit.remove(key);
    return decodeRecord(value);
  }
}
