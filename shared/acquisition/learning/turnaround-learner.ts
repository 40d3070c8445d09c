import { type Millis, millis } from "../../base/units.ts";

/** Silence that counts as a pause: requests after it say that a unit answers when it is left time. */
const pause = 80;
/** Misses of requests that came at once, and answers after a pause in between, that make a need of silence likely. */
const suspiciousMisses = 3;
const suspiciousAnswers = 2;
/** Answers in a row that prove a silence, misses in a row that disprove it. */
const proof = 4;
const disproof = 2;
const firstGuess = 50;
const largest = 1000;
const sure = 250;

type Search = { low: number; high: number | undefined; trial: number; answers: number; misses: number };

/**
 * Finds the smallest silence that a unit on a shared serial line needs before a request. It gets suspicious when requests that follow another
 * exchange at once are missed while those after a pause are answered; then it goes up until the unit answers, and back down by halving.
 */
export class TurnaroundLearner {
  #settled: number;
  #search: Search | undefined;
  #missedAtOnce = 0;
  #answeredAfterPause = 0;

  /** @param known what was learned before */
  constructor(known: Millis = millis(0)) {
    this.#settled = known;
  }

  /** Silence to keep before the next request. */
  get turnaround(): Millis {
    return millis(this.#search?.trial ?? this.#settled);
  }

  /** What was found, without what is being tried; 0 is none. */
  get settled(): Millis {
    return millis(this.#settled);
  }

  /** Silence at which the unit surely answers, while a shorter one is on trial. */
  get fallback(): Millis | undefined {
    const search = this.#search;
    if (search === undefined) return undefined;
    return millis(search.high ?? Math.min(largest, Math.max(sure, search.trial * 4)));
  }

  /** One exchange with the unit. @param silence before it on the line, what was asked for included @returns whether the finding changed */
  observe(silence: Millis, answered: boolean): boolean {
    if (this.#search !== undefined) return this.#tried(this.#search, silence, answered);
    const atOnce = silence < Math.max(pause, this.#settled * 1.5);
    if (atOnce && answered) {
      this.#missedAtOnce = 0;
      this.#answeredAfterPause = 0;
    } else if (atOnce) this.#missedAtOnce += 1;
    else if (answered && this.#missedAtOnce > 0) this.#answeredAfterPause += 1;
    if (this.#missedAtOnce >= suspiciousMisses && this.#answeredAfterPause >= suspiciousAnswers) this.#begin(this.#settled);
    return false;
  }

  /** Tries again whether less will do: the unit may have been exchanged. */
  retest(): void {
    if (this.#settled === 0 || this.#search !== undefined) return;
    this.#search = { low: 0, high: this.#settled, trial: this.#settled / 2, answers: 0, misses: 0 };
  }

  #begin(low: number): void {
    const trial = Math.min(largest, low === 0 ? firstGuess : low * 2);
    this.#search = { low, high: undefined, trial, answers: 0, misses: 0 };
    this.#missedAtOnce = 0;
    this.#answeredAfterPause = 0;
  }

  #tried(search: Search, silence: Millis, answered: boolean): boolean {
    // An answer after a longer silence than the one on trial says nothing about it.
    if (answered && silence > search.trial * 1.05 + 1) return false;
    if (answered) {
      search.answers += 1;
      search.misses = 0;
    } else {
      search.misses += 1;
      search.answers = 0;
    }
    if (search.answers < proof && search.misses < disproof) return false;
    if (search.answers >= proof) search.high = search.trial;
    else search.low = search.trial;
    search.answers = 0;
    search.misses = 0;
    return this.#next(search);
  }

  #next(search: Search): boolean {
    const { low, high } = search;
    if (high === undefined) {
      if (low >= largest) return this.#end(this.#settled);
      search.trial = Math.min(largest, low * 2);
      return false;
    }
    if (high - low <= Math.max(2, high / 8)) return this.#end(high);
    search.trial = (low + high) / 2;
    return false;
  }

  #end(found: number): boolean {
    const changed = Math.ceil(found) !== this.#settled;
    this.#settled = Math.ceil(found);
    this.#search = undefined;
    return changed;
  }
}
