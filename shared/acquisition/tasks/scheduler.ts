import { type Millis, millis } from "../../base/units.ts";
import { BadPeriod, SchedulerFull } from "./scheduler-errors.ts";
import { SlotHeap } from "./slot-heap.ts";
import type { TaskSpec } from "./task-spec.ts";
import { gridAfter, gridCount, gridFrom, type TimeGrid } from "./time-grid.ts";

/** A run to start now. */
export interface DueRun {
  readonly id: number;
  /** When it was to start. */
  readonly due: Millis;
  /** How much later than that it starts. */
  readonly lateness: Millis;
  /** Due times after `due` that passed before this start; this run stands for them. */
  readonly missed: number;
}

/** How a run ended. */
export interface FinishedRun {
  /** It took longer than its deadline. */
  readonly late: boolean;
  /** Due times that were met while it ran, and skipped. */
  readonly overruns: number;
}

const Kind = { free: 0, periodic: 1, once: 2, external: 3 } as const;
const slotRange = 65_536;
/** How long a task waits, in ms, until it goes with those one priority number before it. */
const patience = 10_000;
/** A clock that goes back by less is read as standing still: calls may overtake each other by a hair. */
const backwardsTolerance = 1000;

/**
 * Decides which task runs when. It has no clock and runs nothing: the caller asks `take` what is due and reports `finish`.
 *
 * A task runs once at a time. Due times that pass while it runs, or before it could start, are skipped and counted: after a pause of any length
 * each task runs once and goes on in its grid. Of several tasks that are due, the one with the lowest priority number goes first, then the one
 * due longest, then the one added first; but ten seconds of waiting count as much as one priority number, so that under a load that
 * never ends every task has its turn. When the caller's clock goes back, the whole timetable goes back with it.
 */
export class Scheduler {
  /** Due times skipped because the run before was still going. */
  overruns = 0;
  /** Due times skipped because the run before them started so late. */
  missed = 0;
  /** Runs that took longer than their deadline. */
  deadlineMisses = 0;
  /** Times the caller's clock went back. */
  clockSetbacks = 0;
  readonly #kinds: Uint8Array;
  readonly #priorities: Uint8Array;
  /** Order of arrival, never used twice: tells a task from the one that had its slot before. */
  readonly #arrivals: Float64Array;
  readonly #deadlines: Float64Array;
  readonly #periods: Float64Array;
  readonly #epochs: Float64Array;
  /** Next due time, +∞ without one. */
  readonly #dues: Float64Array;
  /** Start of the run under way, NaN without one. */
  readonly #starts: Float64Array;
  readonly #free: Uint16Array;
  readonly #pending: SlotHeap;
  readonly #ready: SlotHeap;
  #size = 0;
  #running = 0;
  #arrival = 0;
  #seen = Number.NEGATIVE_INFINITY;

  /** @param capacity tasks it can hold, at most 65,535; about 50 bytes each, taken at once */
  constructor(capacity: number) {
    this.#kinds = new Uint8Array(capacity);
    this.#priorities = new Uint8Array(capacity);
    this.#arrivals = new Float64Array(capacity);
    this.#deadlines = new Float64Array(capacity);
    this.#periods = new Float64Array(capacity);
    this.#epochs = new Float64Array(capacity);
    this.#dues = new Float64Array(capacity);
    this.#starts = new Float64Array(capacity);
    this.#free = Uint16Array.from({ length: capacity }, (_, n) => capacity - 1 - n);
    this.#pending = new SlotHeap(capacity, (a, b) => this.#dueOf(a) < this.#dueOf(b));
    this.#ready = new SlotHeap(capacity, (a, b) => this.#outranks(a, b));
  }

  get size(): number {
    return this.#size;
  }

  get running(): number {
    return this.#running;
  }

  /** Tasks that are due and not started. */
  waiting(now: Millis): number {
    this.#admit(this.#follow(now));
    return this.#ready.size;
  }

  /** @returns the task's id @throws {SchedulerFull} {BadPeriod} */
  add(spec: TaskSpec, now: Millis): number {
    const { timing } = spec;
    if (timing.kind === "periodic" && !(timing.every >= 1 && timing.every < Number.POSITIVE_INFINITY)) throw new BadPeriod(timing.every);
    const capacity = this.#kinds.length;
    if (this.#size === capacity) throw new SchedulerFull(capacity);
    const present = this.#follow(now);
    const slot = this.#free[capacity - 1 - this.#size++] ?? 0;
    this.#kinds[slot] = Kind[timing.kind];
    this.#priorities[slot] = spec.priority;
    this.#arrivals[slot] = ++this.#arrival;
    this.#deadlines[slot] = spec.deadline;
    this.#starts[slot] = Number.NaN;
    if (timing.kind === "periodic") {
      this.#periods[slot] = timing.every;
      this.#epochs[slot] = timing.epoch;
      this.#arm(slot, timing.first ?? gridFrom(timing, present));
    } else this.#arm(slot, timing.kind === "once" ? timing.due : Number.POSITIVE_INFINITY);
    return this.#arrival * slotRange + slot;
  }

  /** Forgets a task, its run included. @returns false when there is no such task */
  remove(id: number): boolean {
    const slot = this.#slotOf(id);
    if (slot === undefined) return false;
    this.#pending.remove(slot);
    this.#ready.remove(slot);
    if (this.#isRunning(slot)) this.#running--;
    this.#release(slot);
    return true;
  }

  /** Sets the next due time of an external task, or takes it away. While a run is under way it counts from when that is finished. */
  setDue(id: number, due: Millis | undefined, now: Millis): boolean {
    const slot = this.#slotOf(id);
    if (slot === undefined || this.#kinds[slot] !== Kind.external) return false;
    this.#follow(now);
    this.#pending.remove(slot);
    this.#ready.remove(slot);
    if (this.#isRunning(slot)) this.#dues[slot] = due ?? Number.POSITIVE_INFINITY;
    else this.#arm(slot, due ?? Number.POSITIVE_INFINITY);
    return true;
  }

  /** When to call `take` next: `now` or before while something waits, `undefined` when nothing will be due. */
  nextDue(now: Millis): Millis | undefined {
    const present = this.#follow(now);
    const slot = this.#ready.top ?? this.#pending.top;
    if (slot === undefined) return undefined;
    const due = this.#dueOf(slot);
    // What is due stays due while the clock stands a little behind.
    return millis(due <= present ? Math.min(due, now) : due);
  }

  /** Begins the most urgent run that is due, if any; `finish` ends it. */
  take(now: Millis): DueRun | undefined {
    const present = this.#follow(now);
    this.#admit(present);
    const slot = this.#ready.pop();
    if (slot === undefined) return undefined;
    const due = this.#dueOf(slot);
    const missed = this.#kinds[slot] === Kind.periodic ? gridCount(this.#gridOf(slot), due, present) : 0;
    this.missed += missed;
    this.#running++;
    this.#starts[slot] = present;
    this.#dues[slot] = Number.POSITIVE_INFINITY;
    return { id: (this.#arrivals[slot] ?? 0) * slotRange + slot, due: millis(due), lateness: millis(present - due), missed };
  }

  /** Ends a run. @returns `undefined` when the task has been removed meanwhile, or does not run */
  finish(id: number, now: Millis): FinishedRun | undefined {
    const slot = this.#slotOf(id);
    if (slot === undefined || !this.#isRunning(slot)) return undefined;
    const present = this.#follow(now);
    const started = this.#starts[slot] ?? 0;
    const late = present - started > (this.#deadlines[slot] ?? 0);
    if (late) this.deadlineMisses++;
    this.#running--;
    this.#starts[slot] = Number.NaN;
    const overruns = this.#rearm(slot, started, present);
    this.overruns += overruns;
    return { late, overruns };
  }

  /** Makes a task that has run wait for its next due time. @returns how many it skips */
  #rearm(slot: number, started: number, now: number): number {
    if (this.#kinds[slot] === Kind.once) {
      this.#release(slot);
      return 0;
    }
    if (this.#kinds[slot] === Kind.external) {
      const due = this.#dueOf(slot);
      this.#arm(slot, due < now ? Number.POSITIVE_INFINITY : due);
      return due < now ? 1 : 0;
    }
    const grid = this.#gridOf(slot);
    const next = gridAfter(grid, started);
    const due = next < now ? gridFrom(grid, now) : next;
    this.#arm(slot, due);
    return Math.round((due - next) / grid.every);
  }

  #arm(slot: number, due: number): void {
    this.#dues[slot] = due;
    if (due < Number.POSITIVE_INFINITY) this.#pending.push(slot);
  }

  #admit(now: number): void {
    for (let slot = this.#pending.top; slot !== undefined && this.#dueOf(slot) <= now; slot = this.#pending.top) {
      this.#pending.remove(slot);
      this.#ready.push(slot);
    }
  }

  /** Moves the whole timetable back when the clock went back. @returns the instant to go by */
  #follow(now: number): number {
    const back = this.#seen - now;
    if (back > 0 && back <= backwardsTolerance) return this.#seen;
    this.#seen = now;
    if (back > 0 && back < Number.POSITIVE_INFINITY) {
      this.clockSetbacks++;
      for (let slot = 0; slot < this.#kinds.length; slot++) {
        this.#dues[slot] = this.#dueOf(slot) - back;
        this.#epochs[slot] = (this.#epochs[slot] ?? 0) - back;
        this.#starts[slot] = (this.#starts[slot] ?? 0) - back;
      }
    }
    return now;
  }

  #release(slot: number): void {
    this.#kinds[slot] = Kind.free;
    this.#free[this.#kinds.length - this.#size--] = slot;
  }

  #slotOf(id: number): number | undefined {
    const slot = id % slotRange;
    return this.#kinds[slot] && this.#arrivals[slot] === Math.floor(id / slotRange) ? slot : undefined;
  }

  #isRunning(slot: number): boolean {
    return !Number.isNaN(this.#starts[slot] ?? Number.NaN);
  }

  #dueOf(slot: number): number {
    return this.#dues[slot] ?? Number.POSITIVE_INFINITY;
  }

  /** Lower priority number, a level made good by each `patience` of waiting; then earlier arrival. */
  #outranks(a: number, b: number): boolean {
    const ahead = ((this.#priorities[b] ?? 0) - (this.#priorities[a] ?? 0)) * patience + this.#dueOf(b) - this.#dueOf(a);
    return ahead === 0 ? (this.#arrivals[a] ?? 0) < (this.#arrivals[b] ?? 0) : ahead > 0;
  }

  #gridOf(slot: number): TimeGrid {
    return { epoch: this.#epochs[slot] ?? 0, every: this.#periods[slot] ?? 1 };
  }
}
