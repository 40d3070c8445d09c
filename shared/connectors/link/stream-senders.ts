import { instant, type Millis, millis } from "../../base/units.ts";
import { type Cursor, compareCursors } from "../../pipeline/cursor.ts";
import type { Journal, JournalBatch } from "../../pipeline/ports.ts";
import type { BoardAction } from "./board-action.ts";
import type { Pull } from "./link-message.ts";
import { type BoardLinkSettings, linkTimes } from "./link-settings.ts";
import { SendWindow } from "./send-window.ts";
import { StreamSender } from "./stream-sender.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface StreamSendersParts {
  readonly journal: Pick<Journal, "streams" | "info">;
  readonly settings: BoardLinkSettings;
}

type Read = BoardAction & { readonly do: "read" };

/** Which stream is read next, and how much of all of them is on its way. */
export class StreamSenders {
  readonly window: SendWindow;
  /** Records sent, records kept by the gateway, and appends that were sent again. */
  sent = 0;
  acknowledged = 0;
  resent = 0;
  readonly #parts: StreamSendersParts;
  readonly #senders = new Map<string, StreamSender>();
  readonly #known = new Map<string, number>();
  readonly #bucket: TokenBucket;
  #order: StreamSender[] = [];
  #turn = 0;
  #tickets = 0;
  #starved = false;

  constructor(parts: StreamSendersParts, now: Millis) {
    this.#parts = parts;
    const { batchBytes, windowBytes, catchUp } = parts.settings;
    this.window = new SendWindow({ least: Math.min(windowBytes, 2 * batchBytes), most: windowBytes });
    this.#bucket = new TokenBucket(catchUp, now);
  }

  /** A session begins: each stream waits to be pulled. */
  begin(now: Millis): void {
    this.end();
    for (const id of this.#parts.journal.streams) {
      this.#senders.set(id, new StreamSender(id));
      this.#known.set(id, this.#parts.journal.info(id).durable.seq);
    }
    this.#order = [...this.#senders.values()];
    this.#bucket.available(now);
  }

  end(): void {
    this.#senders.clear();
    this.#order = [];
    this.window.reset();
  }

  /** True while the newest records of the stream stand behind others that are not sent yet. */
  isBehind(stream: string): boolean {
    return this.#senders.get(stream)?.behind === true;
  }

  /** True when the record at that place is on its way, or was there already. */
  hasSent(stream: string, at: Cursor): boolean {
    const sender = this.#senders.get(stream);
    return sender?.pulled === true && compareCursors(at, sender.position) <= 0;
  }

  /** True while any stream is behind. */
  get behind(): boolean {
    return this.#order.some((sender) => sender.behind);
  }

  /** Time of the oldest record on its way, `undefined` when there is none. */
  get oldest(): number | undefined {
    const times = this.#order.flatMap((sender) => sender.flights[0]?.oldest ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  durable(stream: string): void {
    const sender = this.#senders.get(stream);
    if (sender === undefined) return;
    sender.more = true;
    const { durable } = this.#parts.journal.info(stream);
    // New records are not held up by the bound on old ones.
    this.#bucket.give(Math.max(0, durable.seq - (this.#known.get(stream) ?? durable.seq)));
    this.#known.set(stream, durable.seq);
  }

  pull({ stream, from, records, bytes }: Pull): void {
    const sender = this.#senders.get(stream);
    if (sender === undefined) return;
    const isAgain = sender.pulled;
    const dropped = sender.seek(from);
    this.window.release(dropped.bytes);
    if (isAgain) this.resent += dropped.appends;
    sender.acknowledge(from);
    sender.pulled = true;
    sender.asked = true;
    sender.records = records;
    sender.bytes = bytes;
  }

  /** @returns false for a stream that is not there, or a place that was not sent */
  acknowledge(stream: string, cursor: Cursor, now: Millis): boolean {
    const sender = this.#senders.get(stream);
    if (sender === undefined || !sender.pulled || compareCursors(cursor, sender.position) > 0) return false;
    const ended = sender.acknowledge(cursor);
    const bytes = ended.reduce((sum, flight) => sum + flight.bytes, 0);
    this.window.release(bytes);
    this.acknowledged += ended.reduce((sum, flight) => sum + flight.count, 0);
    const newest = ended[ended.length - 1];
    if (newest !== undefined) this.window.answered(bytes, millis(now - newest.sentAt), now);
    return true;
  }

  /** Takes a batch that was read. @returns true when it is to be sent */
  arrived(stream: string, ticket: number, batch: JournalBatch, now: Millis, oldest: number): boolean {
    const sender = this.#senders.get(stream);
    if (sender === undefined || sender.ticket !== ticket) return false;
    const bytes = batch.records.length;
    this.window.release(sender.reserved);
    this.window.take(bytes);
    this.#bucket.give(this.#tokensOf(sender) - batch.count);
    sender.ticket = 0;
    sender.reserved = 0;
    sender.behind = batch.more;
    if (batch.more) sender.more = true;
    const wasAsked = sender.asked;
    sender.asked = false;
    if (batch.count === 0) return wasAsked;
    sender.position = batch.last;
    sender.flights.push({ last: batch.last, count: batch.count, bytes, sentAt: now, oldest: instant(oldest) });
    this.sent += batch.count;
    return true;
  }

  /** What is to be read now: as much as fits, the streams in turn. */
  *reads(now: Millis): Generator<Read> {
    this.#starved = false;
    for (let idle = 0; idle < this.#order.length; idle++) {
      const sender = this.#order[this.#turn % this.#order.length];
      this.#turn = (this.#turn + 1) % this.#order.length;
      if (sender === undefined || !sender.pulled || sender.ticket !== 0 || !sender.more) continue;
      if (sender.flights.length >= this.#parts.settings.flights) continue;
      const records = this.#tokensOf(sender);
      const bytes = Math.min(this.#parts.settings.batchBytes, sender.bytes);
      if (!this.window.fits(bytes)) return;
      if (this.#bucket.available(now) < records) {
        this.#starved = true;
        return;
      }
      this.#bucket.take(records);
      this.window.take(bytes);
      sender.reserved = bytes;
      sender.more = false;
      sender.ticket = ++this.#tickets;
      yield { do: "read", stream: sender.id, after: sender.position, bounds: { records, bytes }, ticket: sender.ticket };
    }
  }

  /** Sends again what was not answered in time. @returns true when a stream was tried `most` times in vain */
  overdue(now: Millis, most: number): boolean {
    for (const sender of this.#order) {
      const oldest = sender.flights[0];
      if (oldest === undefined || now < oldest.sentAt + linkTimes.answer) continue;
      sender.retries++;
      if (sender.retries >= most) return true;
      const dropped = sender.seek(sender.acked);
      this.window.release(dropped.bytes);
      this.resent += dropped.appends;
    }
    return false;
  }

  /** When something is overdue, or old records may go again. */
  due(now: Millis): number {
    let due = this.#starved ? now + this.#bucket.wait(this.#largestRead(), now) : Number.POSITIVE_INFINITY;
    for (const { flights } of this.#order) due = Math.min(due, (flights[0]?.sentAt ?? Number.POSITIVE_INFINITY) + linkTimes.answer);
    return due;
  }

  #largestRead(): number {
    return this.#order.reduce((most, sender) => Math.max(most, this.#tokensOf(sender)), 1);
  }

  /** Records that one read may bring: no more than a tenth of a second's worth where the rate is bound, so that others get their turn. */
  #tokensOf(sender: StreamSender): number {
    const { batchRecords, catchUp } = this.#parts.settings;
    const share = catchUp === undefined ? batchRecords : Math.max(1, Math.floor(catchUp / 10));
    return Math.max(1, Math.min(batchRecords, share, sender.records));
  }
}
