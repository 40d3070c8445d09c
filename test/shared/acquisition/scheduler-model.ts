import type { TaskSpec } from "../../../shared/acquisition/tasks/task-spec.ts";
import type { Millis } from "../../../shared/base/units.ts";

interface ModelTask {
  readonly arrival: number;
  readonly spec: TaskSpec;
  /** Of a periodic task, an instant of its grid. Like all instants here: by a time that never goes back. */
  readonly origin: number;
  due: number | undefined;
  started: number | undefined;
}

/** What the scheduler is to do, said the slow way: one list, searched each time; and a time of its own that stands still when the clock goes back. */
export class SchedulerModel {
  overruns = 0;
  missed = 0;
  deadlineMisses = 0;
  readonly #tasks: ModelTask[] = [];
  #arrivals = 0;
  #seen: number | undefined;
  /** What to add to the caller's clock. */
  #ahead = 0;

  get size(): number {
    return this.#tasks.length;
  }

  get running(): number {
    return this.#tasks.filter((task) => task.started !== undefined).length;
  }

  add(spec: TaskSpec, now: Millis): number {
    const time = this.#timeAt(now);
    const { timing } = spec;
    const origin = timing.kind === "periodic" ? timing.epoch + this.#ahead : 0;
    const task: ModelTask = { arrival: ++this.#arrivals, spec, origin, due: undefined, started: undefined };
    if (timing.kind === "periodic") task.due = timing.first === undefined ? firstFrom(task, time) : timing.first + this.#ahead;
    if (timing.kind === "once") task.due = timing.due + this.#ahead;
    this.#tasks.push(task);
    return task.arrival;
  }

  remove(arrival: number): boolean {
    const index = this.#tasks.findIndex((task) => task.arrival === arrival);
    if (index >= 0) this.#tasks.splice(index, 1);
    return index >= 0;
  }

  setDue(arrival: number, due: Millis | undefined, now: Millis): boolean {
    const task = this.#find(arrival);
    if (task?.spec.timing.kind !== "external") return false;
    this.#timeAt(now);
    task.due = due === undefined ? undefined : due + this.#ahead;
    return true;
  }

  /** Arrival, due, lateness, missed. */
  take(now: Millis): readonly number[] | undefined {
    const time = this.#timeAt(now);
    const [task] = this.#tasks
      .filter((one) => one.started === undefined && one.due !== undefined && one.due <= time)
      .sort((a, b) => rankOf(a) - rankOf(b) || a.arrival - b.arrival);
    if (task?.due === undefined) return undefined;
    const due = task.due;
    let missed = 0;
    if (task.spec.timing.kind === "periodic") {
      const next = firstFrom(task, due + 1);
      if (next <= time) missed = 1 + Math.floor((time - next) / task.spec.timing.every);
    }
    this.missed += missed;
    task.started = time;
    task.due = undefined;
    return [task.arrival, due - this.#ahead, time - due, missed];
  }

  /** Late, overruns. */
  finish(arrival: number, now: Millis): readonly [boolean, number] | undefined {
    const task = this.#find(arrival);
    if (task?.started === undefined) return undefined;
    const time = this.#timeAt(now);
    const late = time - task.started > task.spec.deadline;
    let overruns = 0;
    const { timing } = task.spec;
    if (timing.kind === "once") this.remove(arrival);
    else if (timing.kind === "external") {
      overruns = task.due !== undefined && task.due < time ? 1 : 0;
      if (overruns > 0) task.due = undefined;
    } else {
      const next = firstFrom(task, task.started + 1);
      task.due = Math.max(next, firstFrom(task, time));
      overruns = (task.due - next) / timing.every;
    }
    task.started = undefined;
    this.overruns += overruns;
    if (late) this.deadlineMisses++;
    return [late, overruns];
  }

  waiting(now: Millis): number {
    const time = this.#timeAt(now);
    return this.#tasks.filter((task) => task.started === undefined && task.due !== undefined && task.due <= time).length;
  }

  /** The earliest due time of a task that does not run. */
  earliest(now: Millis): number | undefined {
    this.#timeAt(now);
    const dues = this.#tasks.flatMap((task) => (task.started === undefined && task.due !== undefined ? [task.due - this.#ahead] : []));
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  #find(arrival: number): ModelTask | undefined {
    return this.#tasks.find((task) => task.arrival === arrival);
  }

  #timeAt(now: number): number {
    const back = this.#seen === undefined ? 0 : this.#seen - now;
    if (back > 0 && back <= 1000) return (this.#seen ?? 0) + this.#ahead;
    if (back > 0) this.#ahead += back;
    this.#seen = now;
    return now + this.#ahead;
  }
}

/** Ten seconds of waiting are worth one priority number. */
function rankOf(task: ModelTask): number {
  return (task.due ?? 0) + task.spec.priority * 10_000;
}

/** The first due time of a periodic task at or after an instant, whole milliseconds only. */
function firstFrom(task: ModelTask, at: number): number {
  const every = task.spec.timing.kind === "periodic" ? task.spec.timing.every : 1;
  const past = (at - task.origin) % every;
  if (past === 0) return at;
  return past > 0 ? at + every - past : at - past;
}
