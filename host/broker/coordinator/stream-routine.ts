import { type Instant, type Millis, millis } from "../../../shared/base/units.ts";
import type { Append, StreamState as ToldStream } from "../../../shared/connectors/link/link-message.ts";
import type { StreamBatch } from "../../../shared/connectors/ports.ts";
import { beginning, type Cursor, compareCursors } from "../../../shared/pipeline/cursor.ts";
import type { StreamState } from "../../../shared/twin/documents/board-document.ts";
import { RateMeter } from "./rate-meter.ts";
import { Supervision } from "./supervision.ts";

/** Two heartbeats of the link: a stream that had nothing left to bring within this time is live. */
const liveWithin = 20_000;

/** How the routine itself is: working, to be begun anew at a time, or given up. */
type Health =
  | { readonly name: "working" }
  | { readonly name: "waiting"; readonly until: Millis; readonly reason: string }
  | { readonly name: "failed"; readonly reason: string };

/** One stream of one board: whether it is read, how far it has come, and how far it is behind. */
export class StreamRoutine {
  readonly id: string;
  cursor: Cursor;
  /** Records kept and holes met since the start. */
  records = 0;
  gaps = 0;
  readonly supervision = new Supervision();
  readonly #meter = new RateMeter();
  #health: Health = { name: "working" };
  /** The newest record that the board is known to have, and the oldest that it still has. */
  #newest: Cursor | undefined;
  #first: Cursor | undefined;
  /** When nothing was left to bring. */
  #caughtUpAt: Millis | undefined;
  #newestKept: Instant | undefined;
  #isAbsent = false;

  constructor(id: string, cursor: Cursor = beginning) {
    this.id = id;
    this.cursor = cursor;
  }

  /** False while it waits to be begun anew, or is given up: then nothing of the stream is asked for. */
  get works(): boolean {
    return this.#health.name === "working";
  }

  /** A session begins: the board says what it has of the stream; `undefined`: nothing of that name. */
  welcomed(told: ToldStream | undefined, now: Millis): void {
    this.#isAbsent = told === undefined;
    this.#newest = told?.durable;
    this.#first = told?.first;
    this.#look(now);
  }

  received({ last, more }: Append, now: Millis): void {
    if (this.#newest === undefined || compareCursors(last, this.#newest) > 0) this.#newest = more ? { ...last, seq: last.seq + 1 } : last;
    this.#look(now);
  }

  /** A batch is on disk. @param newest when its last record was made, by the board's clock */
  kept({ cursor, records, gaps }: StreamBatch, newest: Instant | undefined, now: Millis): void {
    this.cursor = cursor;
    this.records += records.length;
    this.gaps += gaps.length;
    this.#newestKept = newest ?? this.#newestKept;
    this.#meter.add(records.length, now);
    this.#look(now);
  }

  /** Something went wrong in the routine. @returns false when it is given up */
  fail(reason: string, now: Millis): boolean {
    const wait = this.supervision.failed(now);
    this.#health = wait === undefined ? { name: "failed", reason } : { name: "waiting", until: millis(now + wait), reason };
    return wait !== undefined;
  }

  /** Somebody mended it: it works again, with a clean sheet. */
  renew(): void {
    this.supervision.forgive();
    this.#health = { name: "working" };
  }

  /** @returns true when it is begun anew by this call */
  restart(now: Millis): boolean {
    if (this.#health.name !== "waiting" || now < this.#health.until) return false;
    this.#health = { name: "working" };
    return true;
  }

  /** Records that are known to wait on the board. */
  get remaining(): number {
    if (this.#newest === undefined) return 0;
    const from = Math.max(this.cursor.seq, (this.#first?.seq ?? 1) - 1);
    return compareCursors(this.#newest, this.cursor) <= 0 ? 0 : Math.max(0, this.#newest.seq - from);
  }

  state(isOnline: boolean, isEnabled: boolean, now: Millis, wall: Instant): StreamState {
    const { remaining } = this;
    const rate = this.#meter.rate(now);
    const state = this.#condition(isOnline, isEnabled, now);
    const reason =
      this.#health.name === "working" ? (this.#isAbsent ? "the board does not have it any more" : undefined) : this.#health.reason;
    return {
      id: this.id,
      state,
      cursor: this.cursor,
      remaining,
      records: this.records,
      gaps: this.gaps,
      ...(this.#newest !== undefined && { newest: this.#newest }),
      ...this.#lag(remaining, isOnline, now, wall),
      ...(state === "recovering" && rate > 0 && remaining > 0 && { eta: Math.round((remaining * 1000) / rate) }),
      ...(reason !== undefined && { reason }),
    };
  }

  #condition(isOnline: boolean, isEnabled: boolean, now: Millis): StreamState["state"] {
    if (!isEnabled || (isOnline && this.#isAbsent)) return "disabled";
    if (this.#health.name === "failed") return "failed";
    if (!isOnline || !this.works) return "stale";
    if (this.remaining === 0) return "live";
    return this.#caughtUpAt !== undefined && now - this.#caughtUpAt < liveWithin ? "live" : "recovering";
  }

  #lag(remaining: number, isOnline: boolean, now: Millis, wall: Instant): { readonly lag?: number } {
    if (remaining === 0 && isOnline) return { lag: 0 };
    if (this.#newestKept !== undefined) return { lag: Math.max(0, Math.round(wall - this.#newestKept)) };
    return this.#caughtUpAt === undefined ? {} : { lag: Math.round(now - this.#caughtUpAt) };
  }

  #look(now: Millis): void {
    if (this.#newest !== undefined && this.remaining === 0) this.#caughtUpAt = now;
  }
}
