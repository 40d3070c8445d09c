import type { Scheduler } from "../../../shared/acquisition/tasks/scheduler.ts";
import { Histogram } from "../../../shared/base/histogram.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { Millis } from "../../../shared/base/units.ts";

/** What one task did wrong, in runs. */
export interface TaskTroubles {
  readonly name: string;
  errors: number;
  late: number;
  overruns: number;
}

/** Seconds: from what a busy event loop adds to what only a suspended machine does. */
const latenessBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];
/** Tasks named in metrics: the rest is in the totals only. */
const namedTasks = 10;

/** What a task runner counts. */
export class TaskFigures {
  runs = 0;
  errors = 0;
  /** Runs that were due while all places were taken. */
  waited = 0;
  /** Places taken from runs that went on past their deadline. */
  placesFreed = 0;
  readonly #lateness = new Histogram(latenessBounds);

  started(lateness: Millis): void {
    this.runs++;
    this.#lateness.observe(lateness / 1000);
  }

  /** @param overdue runs that go on past their deadline now */
  metrics(scheduler: Scheduler, tasks: Iterable<TaskTroubles>, overdue: number, now: Millis): readonly Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: "counter",
      values: [{ labels: {}, value }],
    });
    const gauge = (name: string, help: string, value: number): Metric => ({ name, help, type: "gauge", values: [{ labels: {}, value }] });
    return [
      gauge("penstock_tasks", "Tasks that are scheduled", scheduler.size),
      gauge("penstock_task_running", "Runs under way", scheduler.running),
      gauge("penstock_task_waiting", "Tasks that are due and wait for a place", scheduler.waiting(now)),
      gauge("penstock_task_overdue", "Runs under way that are past their deadline", overdue),
      counter("penstock_task_runs_total", "Runs started", this.runs),
      counter("penstock_task_errors_total", "Runs that failed", this.errors),
      counter("penstock_task_deadline_misses_total", "Runs that took longer than their deadline", scheduler.deadlineMisses),
      {
        name: "penstock_task_overruns_total",
        help: "Due times skipped because the run before was still going, or started after them",
        type: "counter",
        values: [
          { labels: { cause: "running" }, value: scheduler.overruns },
          { labels: { cause: "late-start" }, value: scheduler.missed },
        ],
      },
      counter("penstock_task_waited_total", "Runs that were due while all places were taken", this.waited),
      counter("penstock_task_places_freed_total", "Places taken from runs that went on past their deadline", this.placesFreed),
      {
        name: "penstock_task_lateness_seconds",
        help: "How much later than due runs started",
        type: "histogram",
        values: this.#lateness.values(),
      },
      {
        name: "penstock_task_troubles_total",
        help: `Failed, late and skipped runs of the ${namedTasks} tasks that have most of them`,
        type: "counter",
        values: worst(tasks).map((task) => ({ labels: { task: task.name }, value: sumOf(task) })),
      },
    ];
  }
}

function sumOf(task: TaskTroubles): number {
  return task.errors + task.late + task.overruns;
}

function worst(tasks: Iterable<TaskTroubles>): readonly TaskTroubles[] {
  const troubled = [...tasks].filter((task) => sumOf(task) > 0);
  return troubled.sort((a, b) => sumOf(b) - sumOf(a) || (a.name < b.name ? -1 : 1)).slice(0, namedTasks);
}
