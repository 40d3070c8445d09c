import { type RefusalFinding, type RefusalProbe, whyRefused } from "../../shared/acquisition/learning/why-refused.ts";
import { type PollRead, pollReadOf } from "../../shared/acquisition/reads/poll-plan.ts";
import type { ActiveRead } from "./active-read.ts";
import type { LivePoint } from "./live-point.ts";

/** A read that the unit does not take, and the search for the reason as far as it has come. */
export class RefusedRead {
  readonly active: ActiveRead;
  /** The unit says nothing instead of refusing. */
  readonly silent: boolean;
  readonly #search: Generator<RefusalProbe, readonly RefusalFinding[], boolean>;
  #probe: RefusalProbe | undefined;
  #findings: readonly RefusalFinding[] = [];

  constructor(active: ActiveRead) {
    this.active = active;
    this.silent = active.silent > 0;
    const extents = active.values.map(({ address, span }) => ({ start: address, end: address + span }));
    this.#search = whyRefused(active.values[0]?.area ?? "holding", extents);
    this.#turn(this.#search.next());
  }

  /** The read to try next; `undefined` when the search is over. */
  get probe(): PollRead<LivePoint> | undefined {
    if (this.#probe === undefined) return undefined;
    const { from, to, start, end } = this.#probe;
    const values = this.active.values.slice(from, to + 1);
    return pollReadOf({ area: values[0]?.area ?? "holding", address: start, quantity: end - start }, values);
  }

  get findings(): readonly RefusalFinding[] {
    return this.#findings;
  }

  /** Whether the unit took the probe. */
  answer(taken: boolean): void {
    this.#turn(this.#search.next(taken));
  }

  #turn(step: IteratorResult<RefusalProbe, readonly RefusalFinding[]>): void {
    this.#probe = step.done ? undefined : step.value;
    if (step.done) this.#findings = step.value;
  }
}
