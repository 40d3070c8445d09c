import type { LimitSettings } from "../../../shared/broker/broker-settings.ts";
import type { RetainedView } from "../../../shared/broker/ports.ts";
import { filterMatches } from "../../../shared/broker/topic-filter.ts";
import type { BrokerCounters } from "../broker-counters.ts";
import type { GroupCommit } from "./group-commit.ts";
import { decodeRecord, encodeRecord, type StoredMessage } from "./store-record.ts";

export interface RetainedStoreParts {
  readonly commit: GroupCommit;
  readonly limits: LimitSettings;
  readonly counters: BrokerCounters;
  readonly views: readonly RetainedView[];
}

const sizeOf = (message: StoredMessage): number => message.payload.length + message.topic.length;
const keyOf = (topic: string): string => `r/${topic}`;
const encodeRetained = (message: StoredMessage): Buffer => encodeRecord(message, { id: 0, released: false });
const isWild = (filter: string): boolean => filter.includes("+") || filter.endsWith("#");
const viewed = (topic: string, payload: Uint8Array): StoredMessage => ({
  topic,
  payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
  qos: 1,
  retain: true,
  principal: "board",
});

/** The last retained message of each topic: those stored here, and those that views make when asked. MQTT 3.1.1 §3.3.1.3. */
export class RetainedStore {
  readonly #parts: RetainedStoreParts;
  readonly #messages = new Map<string, StoredMessage>();
  bytes = 0;

  constructor(parts: RetainedStoreParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Takes one record of the store back in, at start. @returns false when it is damaged */
  load(value: Buffer): boolean {
    const record = decodeRecord(value);
    if (record === undefined) return false;
    const { id: _id, released: _released, ...message } = record;
    this.#messages.set(message.topic, message);
    this.bytes += sizeOf(message);
    return true;
  }

  /** True when messages of this topic come from a view and are never stored. */
  isViewed(topic: string): boolean {
    return this.#parts.views.some((view) => view.owns(topic));
  }

  /** Stores a retained message, or removes the one there is when the payload is empty. */
  store(message: StoredMessage): void {
    const { topic, payload } = message;
    if (this.isViewed(topic)) return;
    const old = this.#messages.get(topic);
    if (payload.length === 0) {
      if (old !== undefined) this.#remove(old);
      return;
    }
    const { limits, counters, commit } = this.#parts;
    const bytes = this.bytes + sizeOf(message) - (old === undefined ? 0 : sizeOf(old));
    if (bytes > limits.retainedBytes || (old === undefined && this.#messages.size >= limits.retainedMessages)) {
      counters.dropped.retained_full++;
      // What was true before is not true any more.
      if (old !== undefined) this.#remove(old);
      return;
    }
    this.bytes = bytes;
    this.#messages.set(topic, message);
    if (old === undefined) commit.create(keyOf(topic), encodeRetained(message));
    else commit.put(keyOf(topic), encodeRetained(message));
  }

  /** Has all of it written once more: the disk lost some. */
  writeAgain(): void {
    for (const message of this.#messages.values()) this.#parts.commit.put(keyOf(message.topic), encodeRetained(message));
  }

  /** Removes messages whose publisher may not publish them any more. */
  purge(allowed: (message: StoredMessage) => boolean): void {
    for (const message of [...this.#messages.values()]) {
      if (allowed(message)) continue;
      this.#remove(message);
      this.#parts.counters.dropped.revoked++;
    }
  }

  /** The retained messages a new subscription gets. */
  *matching(filter: string): Generator<StoredMessage> {
    if (!isWild(filter)) {
      const stored = this.#messages.get(filter);
      if (stored !== undefined) yield stored;
      for (const view of this.#parts.views) {
        const payload = view.message(filter);
        if (payload !== undefined) yield viewed(filter, payload);
      }
      return;
    }
    for (const message of this.#messages.values()) if (filterMatches(filter, message.topic)) yield message;
    for (const view of this.#parts.views) {
      for (const { topic, payload } of view.messages()) if (filterMatches(filter, topic)) yield viewed(topic, payload);
    }
  }

  #remove(message: StoredMessage): void {
    this.#messages.delete(message.topic);
    this.bytes -= sizeOf(message);
    this.#parts.commit.remove(keyOf(message.topic));
  }
}
