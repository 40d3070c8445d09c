/** What waits in a queue: urgent or not. */
interface Waiting {
  readonly urgent: boolean;
}

/** Requests that wait to be sent: urgent ones first, in the order of asking within each class, each class bounded. */
export class RequestQueue<Request extends Waiting> {
  /** How many of each class may wait. */
  readonly bound: number;
  #urgent: Request[] = [];
  #ordinary: Request[] = [];

  constructor(bound: number) {
    this.bound = bound;
  }

  get size(): number {
    return this.#urgent.length + this.#ordinary.length;
  }

  /** Takes a request in at the end of its class; false when the class is full. */
  push(request: Request): boolean {
    const waiting = request.urgent ? this.#urgent : this.#ordinary;
    if (waiting.length >= this.bound) return false;
    waiting.push(request);
    return true;
  }

  /** Takes out the request that is next. */
  shift(): Request | undefined {
    return this.#urgent.shift() ?? this.#ordinary.shift();
  }

  /** Takes out all requests for which `wanted` holds, in the order in which they would have been sent. */
  take(wanted: (request: Request) => boolean): readonly Request[] {
    const taken = [...this].filter(wanted);
    if (taken.length > 0) {
      const gone = new Set(taken);
      this.#urgent = this.#urgent.filter((request) => !gone.has(request));
      this.#ordinary = this.#ordinary.filter((request) => !gone.has(request));
    }
    return taken;
  }

  *[Symbol.iterator](): Generator<Request> {
    yield* this.#urgent;
    yield* this.#ordinary;
  }
}
