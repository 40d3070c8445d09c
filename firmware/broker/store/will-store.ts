import type { GroupCommit } from "./group-commit.ts";
import { decodeRecord, encodeRecord, type StoredMessage } from "./store-record.ts";

/** Last wills of connected clients, kept on disk only: read once, at the start after a crash. MQTT 3.1.1 §3.1.2.5. */
export class WillStore {
  readonly #commit: GroupCommit;
  readonly #known = new Set<string>();

  constructor(commit: GroupCommit) {
    this.#commit = commit;
  }

  put(clientId: string, will: StoredMessage): void {
    this.#known.add(clientId);
    this.#commit.put(`w/${clientId}`, encodeRecord(will, { id: 0, released: false }));
  }

  remove(clientId: string): void {
    if (this.#known.delete(clientId)) this.#commit.remove(`w/${clientId}`);
  }

  /** Takes the will that a crash left behind out of the store; `undefined` when it is damaged. */
  take(key: string, value: Buffer): StoredMessage | undefined {
    this.#commit.remove(key);
    return decodeRecord(value);
  }
}
