import type { Task, TaskRunner } from "../../../shared/acquisition/ports.ts";
import { type DueRun, Scheduler } from "../../../shared/acquisition/tasks/scheduler.ts";
import type { TaskTiming } from "../../../shared/acquisition/tasks/task-spec.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { Stopped } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { CronAlarms } from "./cron-alarms.ts";
import { CronTimes } from "./cron-times.ts";
import { TaskExists } from "./task-errors.ts";
import { TaskFigures, type TaskTroubles } from "./task-figures.ts";
import { type LoggedTask, TaskLog } from "./task-log.ts";

export interface NodeTaskRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Runs under way at once; default 64. */
  readonly concurrency?: number;
  /** Tasks it can hold, at most 65,535; default 10,000. */
  readonly capacity?: number;
}

interface Entry extends TaskTroubles, LoggedTask {
  readonly name: string;
  readonly task: Task;
  readonly id: number;
  readonly stop: AbortController;
}

interface Run {
  readonly entry: Entry;
  readonly started: Millis;
  readonly done: Promise<void>;
  /** False once it has lost its place for being overdue. */
  placed: boolean;
  reported: boolean;
}

/** Looks at the wall clock and at overdue runs so often. */
const lookEvery = millis(30_000);
/** Due times of spread tasks lie on multiples of this, so that one timer serves several of them. */
const spreadStep = 10;
/** A spread task has its first run within this. */
const firstRunWithin = 250;
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Runs tasks on Node: one timer for all of them, so many runs at once as `concurrency` says, the rest waiting by priority.
 *
 * Periodic with `phase`: on multiples of the period by the wall clock as it stands when the task is added; a clock set later does not move them.
 * Periodic without: spread evenly over the period, with a first run right after the task is added. Cron: each occurrence once, as
 * `CronAlarms` says. A run that does not end keeps its own task from running, and no other: past its deadline it gives up its place.
 */
export class NodeTaskRunner implements TaskRunner, AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: TaskLog;
  readonly #concurrency: number;
  readonly #scheduler: Scheduler;
  readonly #alarms: CronAlarms;
  readonly #figures = new TaskFigures();
  readonly #names = new Map<string, Entry>();
  readonly #entries = new Map<number, Entry>();
  readonly #runs = new Set<Run>();
  readonly #epoch: Millis;
  #spread = 0;
  /** Runs that hold a place. */
  #placed = 0;
  /** All places were taken when last something was due. */
  #saturated = false;
  #lookedAt: Millis;
  #disarm: Disarm = () => {};
  #armedFor = Number.POSITIVE_INFINITY;
  #closing: Promise<void> | undefined;

  constructor(parts: NodeTaskRunnerParts) {
    this.#clock = parts.clock;
    this.#log = new TaskLog(parts.log);
    this.#concurrency = parts.concurrency ?? 64;
    this.#scheduler = new Scheduler(parts.capacity ?? 10_000);
    this.#alarms = new CronAlarms(parts.clock);
    this.#epoch = parts.clock.monotonic();
    this.#lookedAt = this.#epoch;
  }

  /** @throws {TaskExists} {SchedulerFull} {BadPeriod} {BadCron} · {Stopped} after close */
  add(task: Task): void {
    if (this.#closing !== undefined) throw new Stopped();
    if (this.#names.has(task.name)) throw new TaskExists(task.name);
    const now = this.#clock.monotonic();
    const { schedule, priority, deadline } = task;
    const times = schedule.kind === "cron" ? new CronTimes(schedule.pattern, schedule.zone) : undefined;
    const id = this.#scheduler.add({ timing: this.#timing(task, now), priority, deadline }, now);
    const blank = { errors: 0, late: 0, overruns: 0, loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 };
    const entry: Entry = { name: task.name, task, id, stop: new AbortController(), ...blank };
    this.#names.set(task.name, entry);
    this.#entries.set(id, entry);
    if (times !== undefined) {
      this.#followWall(now);
      this.#scheduler.setDue(id, this.#alarms.add(id, times), now);
    }
    this.#arm(now);
  }

  /** Forgets a task; a run under way is told to stop, and counts no more. */
  remove(name: string): void {
    const entry = this.#names.get(name);
    if (entry === undefined) return;
    this.#scheduler.remove(entry.id);
    this.#forget(entry);
    entry.stop.abort();
  }

  metrics(): readonly Metric[] {
    const now = this.#clock.monotonic();
    let overdue = 0;
    for (const run of this.#runs) if (isOverdue(run, now)) overdue++;
    return this.#figures.metrics(this.#scheduler, this.#names.values(), overdue, now);
  }

  /** Tells all runs to stop and waits for them. */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #stop(): Promise<void> {
    this.#disarm();
    for (const entry of this.#names.values()) entry.stop.abort();
    await Promise.all(Array.from(this.#runs, (run) => run.done));
  }

  #timing({ schedule }: Task, now: Millis): TaskTiming {
    if (schedule.kind === "cron") return { kind: "external" };
    if (schedule.kind === "once") return { kind: "once", due: millis(now + schedule.after) };
    const { every, phase } = schedule;
    if (phase !== undefined) return { kind: "periodic", every, epoch: millis(now - ((this.#clock.wall() - phase) % every)) };
    // Multiples of the golden ratio fall into the widest gap each time: however many tasks there are, they lie evenly.
    const share = (this.#spread++ * golden) % 1;
    const epoch = millis(this.#epoch + Math.floor((share * every) / spreadStep) * spreadStep);
    return { kind: "periodic", every, epoch, first: millis(now + share * Math.min(every, firstRunWithin)) };
  }

  #wake(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    try {
      this.#followWall(now);
      if (now - this.#lookedAt >= lookEvery) this.#lookAtRuns(now);
      this.#startDue(now);
    } finally {
      this.#arm(now);
    }
  }

  #followWall(now: Millis): void {
    this.#alarms.follow((id, due) => this.#scheduler.setDue(id, due, now));
  }

  #startDue(now: Millis): void {
    const waited = this.#saturated;
    this.#saturated = false;
    while (this.#closing === undefined) {
      if (this.#placed >= this.#concurrency && !this.#freePlaces(now)) {
        this.#saturated = true;
        return;
      }
      const due = this.#scheduler.take(now);
      if (due === undefined) return;
      if (waited) this.#figures.waited++;
      this.#start(due, now);
    }
  }

  #start({ id, lateness, missed }: DueRun, now: Millis): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.overruns += missed;
    this.#figures.started(lateness);
    if (entry.task.schedule.kind === "cron") this.#scheduler.setDue(id, this.#alarms.advance(id), now);
    this.#placed++;
    const done = attempt(entry).then(
      () => this.#end(run),
      (error: unknown) => this.#end(run, { error }),
    );
    const run: Run = { entry, started: now, done, placed: true, reported: false };
    this.#runs.add(run);
  }

  #end(run: Run, failure?: { readonly error: unknown }): void {
    const { entry } = run;
    const now = this.#clock.monotonic();
    this.#runs.delete(run);
    if (run.placed) this.#placed--;
    const finished = this.#scheduler.finish(entry.id, now);
    if (finished !== undefined) {
      if (finished.late) entry.late++;
      entry.overruns += finished.overruns;
      if (failure !== undefined && !entry.stop.signal.aborted) {
        entry.errors++;
        this.#figures.errors++;
        this.#log.failed(entry, failure.error, now);
      }
      const { kind } = entry.task.schedule;
      if (kind === "once") this.#forget(entry);
      if (kind === "cron" && finished.overruns > 0) this.#scheduler.setDue(entry.id, this.#alarms.advance(entry.id), now);
    }
    if (this.#saturated) this.#startDue(now);
    this.#arm(now);
  }

  #forget(entry: Entry): void {
    this.#names.delete(entry.name);
    this.#entries.delete(entry.id);
    this.#alarms.remove(entry.id);
  }

  /** Takes the places of overdue runs away. @returns whether there were any */
  #freePlaces(now: Millis): boolean {
    let freed = 0;
    for (const run of this.#runs) {
      if (!run.placed || !isOverdue(run, now)) continue;
      run.placed = false;
      freed++;
    }
    this.#placed -= freed;
    this.#figures.placesFreed += freed;
    return freed > 0;
  }

  #lookAtRuns(now: Millis): void {
    this.#lookedAt = now;
    for (const run of this.#runs) {
      if (run.reported || !isOverdue(run, now)) continue;
      run.reported = this.#log.overdue(run.entry, millis(now - run.started), run.entry.task.deadline, now);
    }
  }

  /** Sees to it that the timer fires when there is something to do; a timer that fires sooner stays. */
  #arm(now: Millis): void {
    if (this.#closing !== undefined) return;
    const due = this.#saturated ? this.#firstDeadline() : this.#scheduler.nextDue(now);
    const at = Math.min(due ?? Number.POSITIVE_INFINITY, now + lookEvery);
    if (this.#armedFor <= at) return;
    this.#disarm();
    this.#armedFor = at;
    this.#disarm = this.#clock.after(millis(Math.max(0, at - now)), () => this.#wake());
  }

  /** When the next run loses its place. */
  #firstDeadline(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { placed, started, entry } of this.#runs) if (placed) first = Math.min(first, started + entry.task.deadline);
    return first;
  }
}

function isOverdue(run: Run, now: Millis): boolean {
  return now - run.started >= run.entry.task.deadline;
}

/** Also what `run` throws before its first wait ends as a rejection. */
async function attempt({ task, stop }: Entry): Promise<void> {
  await task.run(stop.signal);
}
