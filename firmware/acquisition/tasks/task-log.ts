import type { Log } from "../../../shared/base/log.ts";
import { RateWindow } from "../../../shared/base/rate-window.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** What the log keeps of one task. */
export interface LoggedTask {
  readonly name: string;
  /** When its last failure was logged; −∞ at first. */
  loggedAt: number;
  /** Failures since then. */
  unlogged: number;
}

const span = millis(60_000);
const linesInSpan = 30;

/** Says what goes wrong with tasks: at most once a minute for each task, and at most 30 lines a minute for all. */
export class TaskLog {
  readonly #log: Log;
  readonly #window = new RateWindow(linesInSpan, span);

  constructor(log: Log) {
    this.#log = log;
  }

  failed(task: LoggedTask, error: unknown, now: Millis): void {
    if (now - task.loggedAt < span || !this.#window.take(now)) {
      task.unlogged++;
      return;
    }
    this.#log.warn({ task: task.name, err: error, unlogged: task.unlogged }, "task failed; it stays scheduled");
    task.loggedAt = now;
    task.unlogged = 0;
  }

  /** @returns whether it was said */
  overdue(task: LoggedTask, running: Millis, deadline: Millis, now: Millis): boolean {
    if (!this.#window.take(now)) return false;
    this.#log.warn({ task: task.name, running, deadline }, "task runs past its deadline and has not ended");
    return true;
  }
}
