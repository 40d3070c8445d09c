import type { RequestFailed } from "./request-failed.ts";
import { failureOf } from "./request-failed.ts";
import { isStale } from "./stale-paths.ts";

/** What is known of the answer to one path. */
export interface Resource<T> {
  readonly data: T | undefined;
  readonly failure: RequestFailed | undefined;
  /** A request is under way. */
  readonly busy: boolean;
  /** When `data` came, milliseconds since 1970. */
  readonly at: number | undefined;
}

interface Entry {
  now: Resource<unknown>;
  readonly listeners: Set<() => void>;
  stop: AbortController | undefined;
  /** Became out of date while a request was under way. */
  again: boolean;
  timer: unknown;
  attempt: number;
}

/** Answers that nobody shows any more are kept up to this number, so that going back is at once. */
const mostIdle = 60;
const nothing: Resource<unknown> = { data: undefined, failure: undefined, busy: true, at: undefined };
const firstRetry = 1000;
const longestRetry = 15_000;
/** Changes that come close together are asked for once. */
const settle = 60;

/** Answers to GET by path: asked for once for all who show them, again when an event makes them out of date, and while the gateway is away. */
export class ResourceCache {
  readonly #entries = new Map<string, Entry>();
  readonly #parts: {
    readonly get: (path: string, stop: AbortSignal) => Promise<unknown>;
    readonly now: () => number;
    readonly later: (work: () => void, delay: number) => unknown;
    readonly forget: (timer: unknown) => void;
  };

  constructor(parts: {
    readonly get: (path: string, stop: AbortSignal) => Promise<unknown>;
    readonly now: () => number;
    readonly later: (work: () => void, delay: number) => unknown;
    readonly forget: (timer: unknown) => void;
  }) {
    this.#parts = parts;
  }

  /** What is known now; the same object until it changes. */
  peek(path: string): Resource<unknown> {
    return this.#entries.get(path)?.now ?? nothing;
  }

  /** Shows an answer: it is asked for unless it is known, and kept fresh until the returned function is called. */
  show(path: string, listener: () => void): () => void {
    const entry = this.#entries.get(path) ?? this.#add(path);
    entry.listeners.add(listener);
    if (entry.now.data === undefined && entry.stop === undefined && entry.timer === undefined) this.#ask(path, entry);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0) this.#rest(path, entry);
    };
  }

  /** Asks again for what is shown and begins with one of `stale`; the rest is forgotten. */
  invalidate(stale: readonly string[]): void {
    for (const [path, entry] of [...this.#entries]) if (stale.includes("*") || isStale(path, stale)) this.#outdate(path, entry);
  }

  /** Asks again at once. */
  reload(path: string): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    entry.attempt = 0;
    if (entry.stop === undefined) this.#ask(path, entry);
    else entry.again = true;
  }

  /** Puts in an answer that is known from elsewhere, as from a PATCH. */
  put(path: string, data: unknown): void {
    const entry = this.#entries.get(path) ?? this.#add(path);
    this.#set(entry, { data, failure: undefined, busy: entry.stop !== undefined, at: this.#parts.now() });
  }

  /** Forgets everything: somebody else logs in. */
  clear(): void {
    for (const entry of this.#entries.values()) {
      entry.stop?.abort();
      this.#parts.forget(entry.timer);
    }
    this.#entries.clear();
  }

  #add(path: string): Entry {
    const entry: Entry = { now: nothing, listeners: new Set(), stop: undefined, again: false, timer: undefined, attempt: 0 };
    this.#entries.set(path, entry);
    return entry;
  }

  #outdate(path: string, entry: Entry): void {
    if (entry.listeners.size === 0) {
      entry.stop?.abort();
      this.#parts.forget(entry.timer);
      this.#entries.delete(path);
      return;
    }
    if (entry.stop !== undefined) entry.again = true;
    else this.#plan(path, entry, settle);
  }

  #plan(path: string, entry: Entry, delay: number): void {
    if (entry.timer !== undefined) this.#parts.forget(entry.timer);
    entry.timer = this.#parts.later(() => {
      entry.timer = undefined;
      if (entry.listeners.size > 0 && entry.stop === undefined) this.#ask(path, entry);
    }, delay);
  }

  #ask(path: string, entry: Entry): void {
    const stop = new AbortController();
    entry.stop = stop;
    entry.again = false;
    this.#set(entry, { ...entry.now, busy: true });
    this.#parts.get(path, stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        entry.stop = undefined;
        entry.attempt = 0;
        this.#set(entry, { data, failure: undefined, busy: entry.again, at: this.#parts.now() });
        if (entry.again) this.#plan(path, entry, settle);
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        entry.stop = undefined;
        const failure = failureOf(error);
        this.#set(entry, { ...entry.now, failure, busy: false });
        if (!failure.away && failure.status !== 429) return;
        entry.attempt++;
        const delay = failure.retryAfter ?? Math.min(longestRetry, firstRetry * 2 ** (entry.attempt - 1));
        this.#plan(path, entry, delay);
      },
    );
  }

  /** Nobody shows it now: a request under way is let go, and the oldest of too many is forgotten. */
  #rest(path: string, entry: Entry): void {
    if (this.#entries.get(path) !== entry) return;
    if (entry.timer !== undefined) {
      this.#parts.forget(entry.timer);
      entry.timer = undefined;
    }
    if (entry.now.data === undefined) {
      entry.stop?.abort();
      this.#entries.delete(path);
      return;
    }
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    const idle = [...this.#entries].filter(([, { listeners }]) => listeners.size === 0);
    for (const [old] of idle.slice(0, Math.max(0, idle.length - mostIdle))) this.#entries.delete(old);
  }

  #set(entry: Entry, now: Resource<unknown>): void {
    entry.now = now;
    for (const listener of [...entry.listeners]) listener();
  }
}
