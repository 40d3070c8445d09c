import type { Task, TaskRunner } from "../../shared/acquisition/ports.ts";
import type { Metric } from "../../shared/base/metric.ts";

/** A runner that runs nothing by itself: the test says when a cycle passes. */
export class FakeRunner implements TaskRunner {
  readonly tasks = new Map<string, Task>();
  readonly #stop = new AbortController();

  add(task: Task): void {
    this.tasks.set(task.name, task);
  }

  remove(name: string): void {
    this.tasks.delete(name);
  }

  /** Runs every task once, one after the other. */
  async cycle(): Promise<void> {
    for (const task of this.tasks.values()) await task.run(this.#stop.signal);
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {
    this.#stop.abort();
  }
}
