import { Scheduler } from "../../../shared/acquisition/tasks/scheduler.ts";
import type { TaskSpec } from "../../../shared/acquisition/tasks/task-spec.ts";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

const tenYears = 315_576_000_000;

const periodic = (every: number, epoch: number, priority = 5, deadline = every): TaskSpec => ({
  timing: { kind: "periodic", every: millis(every), epoch: millis(epoch) },
  priority,
  deadline: millis(deadline),
});
const once = (due: number, priority = 5): TaskSpec => ({ timing: { kind: "once", due: millis(due) }, priority, deadline: millis(50) });
const external: TaskSpec = { timing: { kind: "external" }, priority: 3, deadline: millis(50) };

/** Follows a scheduler with a clock of its own and writes down all that happens. */
class Witness {
  readonly events: unknown[] = [];
  readonly scheduler: Scheduler;
  readonly #ids: number[] = [];
  #now: number;

  constructor(capacity: number, now: number) {
    this.scheduler = new Scheduler(capacity);
    this.#now = now;
  }

  get now(): Millis {
    return millis(this.#now);
  }

  add(spec: TaskSpec): number {
    const id = this.scheduler.add(spec, this.now);
    this.#ids.push(id);
    return id;
  }

  /** Starts and ends what is due, each run taking `took`, at most twenty runs. */
  work(took: number): void {
    for (let n = 0; n < 20; n++) {
      const run = this.scheduler.take(this.now);
      if (run === undefined) return;
      this.#now += took;
      const { due, lateness, missed } = run;
      this.events.push({ task: this.#ids.indexOf(run.id), due, lateness, missed, end: this.scheduler.finish(run.id, this.now) });
    }
  }

  /** Goes from due time to due time for a while. */
  runFor(span: number, took: number): void {
    const end = this.#now + span;
    while (this.#now <= end) {
      this.work(took);
      const next = this.scheduler.nextDue(this.now);
      if (next === undefined || next > end) break;
      this.#now = Math.max(this.#now, next);
    }
    this.#now = Math.max(this.#now, end);
  }

  jump(by: number): void {
    this.#now += by;
  }

  result(): unknown {
    const { size, running, overruns, missed, deadlineMisses, clockSetbacks } = this.scheduler;
    const next = this.scheduler.nextDue(this.now) ?? null;
    return { events: this.events, now: this.#now, next, size, running, overruns, missed, deadlineMisses, clockSetbacks };
  }
}

function witnessed(now: number, story: (witness: Witness) => void): unknown {
  const witness = new Witness(8, now);
  story(witness);
  return witness.result();
}

function addThree(witness: Witness): void {
  witness.add(periodic(100, 0, 5));
  witness.add(periodic(100, 50, 1));
  witness.add(periodic(250, -7, 9));
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "no error";
  } catch (error) {
    return error instanceof EdgeError ? `${error.code}: ${error.message}` : "another error";
  }
}

/** What the scheduler has to do, wherever it runs. */
export function schedulerCases(): readonly { readonly name: string; readonly run: () => unknown }[] {
  return [
    {
      name: "three periodic tasks for a second",
      run: () =>
        witnessed(0, (witness) => {
          addThree(witness);
          witness.runFor(1000, 1);
        }),
    },
    {
      name: "runs longer than their periods",
      run: () =>
        witnessed(0, (witness) => {
          addThree(witness);
          witness.runFor(2000, 130);
        }),
    },
    {
      name: "periods that are no whole number",
      run: () =>
        witnessed(0.25, (witness) => {
          witness.add(periodic(100 / 3, 0.1));
          witness.add(periodic(16.7, 3.3));
          witness.runFor(500, 0.125);
        }),
    },
    {
      name: "an hour without a call",
      run: () =>
        witnessed(0, (witness) => {
          addThree(witness);
          witness.runFor(300, 1);
          witness.jump(3_600_000);
          witness.runFor(300, 1);
        }),
    },
    ...[tenYears, -tenYears].map((jump) => ({
      name: `a clock that jumps by ${jump} ms`,
      run: () =>
        witnessed(tenYears, (witness) => {
          addThree(witness);
          witness.add(once(tenYears + 420));
          witness.runFor(300, 1);
          witness.jump(jump);
          witness.runFor(600, 1);
        }),
    })),
    {
      name: "priorities, due times and order of arrival",
      run: () =>
        witnessed(0, (witness) => {
          for (const spec of [once(10, 7), once(30, 1), once(20, 1), once(20, 1), once(5, 9), once(20, 0)]) witness.add(spec);
          witness.jump(40);
          witness.work(0);
        }),
    },
    {
      name: "an external task",
      run: () =>
        witnessed(0, (witness) => {
          const id = witness.add(external);
          for (const due of [10, 20, 15]) witness.scheduler.setDue(id, millis(due), witness.now);
          witness.runFor(100, 5);
          witness.scheduler.setDue(id, millis(130), witness.now);
          witness.scheduler.setDue(id, undefined, witness.now);
          witness.runFor(100, 5);
        }),
    },
    {
      name: "removal in the middle of a run",
      run: () =>
        witnessed(0, (witness) => {
          const old = witness.add(periodic(10, 0));
          witness.scheduler.take(witness.now);
          witness.events.push(witness.scheduler.remove(old), witness.scheduler.remove(old));
          const young = witness.add(periodic(10, 0));
          witness.events.push(witness.scheduler.finish(old, witness.now) ?? null, young !== old);
          witness.runFor(30, 0);
        }),
    },
    {
      name: "refusals",
      run: () => {
        const scheduler = new Scheduler(1);
        const first = [0, Number.NaN, 5].map((every) => codeOf(() => scheduler.add(periodic(every, 0), millis(0))));
        return [...first, codeOf(() => scheduler.add(periodic(5, 0), millis(0)))];
      },
    },
  ];
}
