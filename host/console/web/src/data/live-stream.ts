import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { BoardLinkState } from "../../../../../shared/twin/documents/board-document.ts";
import type { EventDocument } from "../../../../../shared/twin/documents/event-document.ts";
import type { LiveReading } from "./gateway-types.ts";
import { Observable } from "./observable.ts";
import { WantedThings } from "./wanted-things.ts";

/** How the console stands to the gateway. */
export interface LinkView {
  readonly name: "connecting" | "live" | "away";
  readonly since: number;
  /** When the gateway is asked again; only while it is away. */
  readonly nextTry?: number;
  /** Nothing was heard for so long that values are old. */
  readonly old: boolean;
}

/** What comes over the stream. */
export interface LiveListener {
  readonly values: (readings: readonly LiveReading[]) => void;
  readonly link: (board: string, state: BoardLinkState) => void;
  readonly event: (event: EventDocument) => void;
  /** Something may have been missed: everything that is shown must be asked for again. */
  readonly missed: () => void;
}

/** Without a sign of life for so long, values are old. The gateway gives one every 15 s. */
export const silence = 30_000;
const firstRetry = 500;
const longestRetry = 10_000;
const settle = 25;

/** The one connection that brings news. Opened anew with other things' values when the screen shows others, without a gap between old and new. */
export class LiveStream {
  readonly state: Observable<LinkView>;
  readonly #wanted = new WantedThings();
  readonly #open: (path: string, stop: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
  readonly #listener: LiveListener;
  readonly #now: () => number;
  #current: AbortController | undefined;
  #opening: AbortController | undefined;
  #asked: string | undefined;
  #running = false;
  #heardAt = 0;
  #lastSeq = 0;
  #attempt = 0;
  #wasAway = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(parts: {
    readonly open: (path: string, stop: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
    readonly listener: LiveListener;
    readonly now: () => number;
  }) {
    this.#open = parts.open;
    this.#listener = parts.listener;
    this.#now = parts.now;
    this.state = new Observable<LinkView>({ name: "connecting", since: parts.now(), old: false });
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#plan(settle);
    this.#watch = setInterval(() => this.#look(), 1000);
  }

  /** Ends the connection; `start` begins anew. */
  close(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#current?.abort();
    this.#opening?.abort();
    this.#current = undefined;
    this.#opening = undefined;
    this.#asked = undefined;
    this.#lastSeq = 0;
    this.#heardAt = 0;
    this.state.set({ name: "connecting", since: this.#now(), old: false });
  }

  /** Has the values of things brought until the returned function is called. */
  want(things: readonly string[]): () => void {
    const back = this.#wanted.add(things);
    this.#plan(settle);
    return () => {
      back();
      this.#plan(settle);
    };
  }

  /** Tries at once, instead of at the end of the wait. */
  retryNow(): void {
    this.#attempt = 0;
    if (this.#current === undefined) this.#plan(0);
  }

  #path(): string {
    const values = this.#wanted.query();
    return `/live?links=true&events=true${values === undefined ? "" : `&values=${encodeURIComponent(values)}`}`;
  }

  #plan(delay: number): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const path = this.#path();
      if (path === this.#asked) return;
      void this.#connect(path);
    }, delay);
  }

  async #connect(path: string): Promise<void> {
    this.#opening?.abort();
    const stop = new AbortController();
    this.#opening = stop;
    this.#asked = path;
    try {
      const body = await this.#open(path, stop.signal);
      if (stop.signal.aborted) return;
      this.#opening = undefined;
      this.#current?.abort();
      this.#current = stop;
      this.#arrived();
      await this.#read(body);
      if (!stop.signal.aborted) this.#lost(stop);
    } catch {
      if (!stop.signal.aborted) this.#lost(stop);
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: (message) => this.#take(message) });
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heard();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  #take({ event, data }: EventSourceMessage): void {
    switch (event) {
      case "values":
        this.#listener.values(JSON.parse(data));
        break;
      case "link": {
        const { board, link }: { readonly board: string; readonly link: BoardLinkState } = JSON.parse(data);
        this.#listener.link(board, link);
        break;
      }
      case "event": {
        const document: EventDocument = JSON.parse(data);
        if (document.seq <= this.#lastSeq) break;
        this.#lastSeq = document.seq;
        this.#listener.event(document);
        break;
      }
      case "resync":
        this.#listener.missed();
        break;
    }
  }

  #arrived(): void {
    this.#attempt = 0;
    this.#heard();
    if (!this.#wasAway) return;
    this.#wasAway = false;
    this.#listener.missed();
  }

  #heard(): void {
    this.#heardAt = this.#now();
    if (this.state.get().name !== "live") this.state.set({ name: "live", since: this.#heardAt, old: false });
  }

  #lost(stop: AbortController): void {
    if (this.#current === stop) this.#current = undefined;
    if (this.#opening === stop) this.#opening = undefined;
    if (!this.#running) return;
    this.#asked = undefined;
    this.#wasAway = true;
    this.#attempt++;
    const delay = Math.min(longestRetry, firstRetry * 2 ** (this.#attempt - 1));
    const { name, since, old } = this.state.get();
    this.state.set({ name: "away", since: name === "away" ? since : this.#now(), nextTry: this.#now() + delay, old });
    this.#plan(delay);
  }

  /** A stream that is open but dead shows only by its silence. */
  #look(): void {
    if (this.#heardAt === 0 || this.#now() - this.#heardAt <= silence) return;
    const state = this.state.get();
    if (!state.old) this.state.set({ ...state, old: true });
    const stop = this.#current;
    if (stop === undefined) return;
    stop.abort();
    this.#lost(stop);
  }
}
