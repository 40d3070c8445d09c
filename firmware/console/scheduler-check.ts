import type { Task, TaskRunner } from "../../shared/acquisition/ports.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import { NotAlive } from "./liveness-errors.ts";
import type { LivenessCheck } from "./liveness-probe.ts";

export interface SchedulerCheckParts {
  readonly runner: TaskRunner;
  readonly clock: Clock;
  /** How late the beat may be; default 5 s. */
  readonly patience?: Millis;
}

const period = millis(1000);
const usualPatience = millis(5000);

/** Puts a task of its own among the others, the first in rank, and looks whether it ran lately: then the scheduler runs what is due. */
export class SchedulerCheck implements LivenessCheck {
  readonly name = "scheduler";
  readonly #clock: Clock;
  readonly #patience: Millis;
  readonly #runner: TaskRunner;
  readonly #task: Task;
  #last: Millis;

  constructor({ clock, patience = usualPatience, runner }: SchedulerCheckParts) {
    this.#clock = clock;
    this.#patience = patience;
    this.#runner = runner;
    this.#last = clock.monotonic();
    this.#task = {
      name: "liveness",
      schedule: { kind: "periodic", every: period },
      priority: 0,
      deadline: period,
      run: async () => {
        this.#last = clock.monotonic();
      },
    };
    runner.add(this.#task);
  }

  async run(): Promise<void> {
    const late = this.#clock.monotonic() - this.#last;
    if (late > period + this.#patience)
      throw new NotAlive(this.name, `a task of every second did not run for ${Math.round(late / 1000)} s`);
  }

  close(): void {
    this.#runner.remove(this.#task.name);
  }
}
