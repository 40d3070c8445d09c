/** One server-sent event. */
export interface SentEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** Reads server-sent events as they come, for tests. Comments are counted. */
export class StreamReader implements AsyncDisposable {
  readonly status: number;
  readonly #stop: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #decoder = new TextDecoder();
  #text = "";
  comments = 0;
  ended = false;

  private constructor(response: Response, stop: AbortController) {
    this.status = response.status;
    this.#stop = stop;
    this.#reader = response.body?.getReader();
  }

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<StreamReader> {
    const stop = new AbortController();
    return new StreamReader(await fetch(url, { headers: { accept: "text/event-stream", ...headers }, signal: stop.signal }), stop);
  }

  /** The next event; `undefined` when the stream has ended. */
  async next(): Promise<SentEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const event = this.#parse(block);
        if (event !== undefined) return event;
        continue;
      }
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
      if (done) {
        this.ended = true;
        return undefined;
      }
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  async take(count: number): Promise<readonly SentEvent[]> {
    const events: SentEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      events.push(event);
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reader?.cancel().catch(() => {});
  }

  #parse(block: string): SentEvent | undefined {
    let event = "message";
    let id: string | undefined;
    let data: string | undefined;
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) this.comments += 1;
      else if (line.startsWith("event: ")) event = line.slice(7);
      else if (line.startsWith("id: ")) id = line.slice(4);
      else if (line.startsWith("data: ")) data = line.slice(6);
    }
    return data === undefined ? undefined : { event, id, data: JSON.parse(data) };
  }
}
