/** What waits in a queue: for which unit, urgent or not. */
interface Waiting {
  readonly unit: number;
  readonly urgent: boolean;
}

/** So many urgent requests go ahead of others in a row; then one of the others has its turn, so that a stream of writes cannot end all polling. */
const urgentInARow = 4;

/**
 * Requests that wait to be sent: urgent ones first, in the order of asking; the others by turns between units, in the order of asking within each.
 * Both classes are bounded.
 */
export class RequestQueue<Request extends Waiting> {
  /** How many of each class may wait. */
  readonly bound: number;
  #urgent: Request[] = [];
  /** By unit, the unit whose turn it is first; none is empty. */
  readonly #ordinary = new Map<number, Request[]>();
  #ordinaryCount = 0;
  /** Urgent requests since the last other one that had to wait for them. */
  #streak = 0;

  constructor(bound: number) {
    this.bound = bound;
  }

  get size(): number {
    return this.#urgent.length + this.#ordinaryCount;
  }

  /** Takes a request in at the end of its class; false when the class is full. */
  push(request: Request): boolean {
    if ((request.urgent ? this.#urgent.length : this.#ordinaryCount) >= this.bound) return false;
    if (request.urgent) this.#urgent.push(request);
    else {
      const waiting = this.#ordinary.get(request.unit);
      if (waiting === undefined) this.#ordinary.set(request.unit, [request]);
      else waiting.push(request);
      this.#ordinaryCount++;
    }
    return true;
  }

  /** Takes out the request that is next. @param ready requests for which it does not hold are passed over */
  shift(ready: (request: Request) => boolean = () => true): Request | undefined {
    return this.#streak < urgentInARow
      ? (this.#shiftUrgent(ready) ?? this.#shiftOrdinary(ready))
      : (this.#shiftOrdinary(ready) ?? this.#shiftUrgent(ready));
  }

  /** Takes out all requests for which `wanted` holds, urgent ones first. */
  take(wanted: (request: Request) => boolean): readonly Request[] {
    const taken = [...this].filter(wanted);
    if (taken.length === 0) return taken;
    const gone = new Set(taken);
    this.#urgent = this.#urgent.filter((request) => !gone.has(request));
    for (const [unit, waiting] of this.#ordinary) {
      const left = waiting.filter((request) => !gone.has(request));
      this.#ordinaryCount -= waiting.length - left.length;
      if (left.length === 0) this.#ordinary.delete(unit);
      else this.#ordinary.set(unit, left);
    }
    return taken;
  }

  *[Symbol.iterator](): Generator<Request> {
    yield* this.#urgent;
    for (const waiting of this.#ordinary.values()) yield* waiting;
  }

  #shiftUrgent(ready: (request: Request) => boolean): Request | undefined {
    const request = takeFirst(this.#urgent, ready);
    if (request !== undefined) this.#streak = this.#ordinaryCount === 0 ? 0 : this.#streak + 1;
    return request;
  }

  #shiftOrdinary(ready: (request: Request) => boolean): Request | undefined {
    for (const [unit, waiting] of this.#ordinary) {
      const request = takeFirst(waiting, ready);
      if (request === undefined) continue;
      this.#ordinaryCount--;
      this.#streak = 0;
      // The unit goes to the end of the row.
      this.#ordinary.delete(unit);
      if (waiting.length > 0) this.#ordinary.set(unit, waiting);
      return request;
    }
    return undefined;
  }
}

function takeFirst<Request>(waiting: Request[], ready: (request: Request) => boolean): Request | undefined {
  const at = waiting.findIndex(ready);
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}
