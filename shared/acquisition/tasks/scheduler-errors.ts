import { EdgeError } from "../../base/edge-error.ts";

/** The scheduler holds as many tasks as it was made for. */
export class SchedulerFull extends EdgeError {
  readonly code = "EDGE_SCHEDULER_FULL";
  readonly capacity: number;
  constructor(capacity: number) {
    super(`the scheduler holds ${capacity} tasks already: expected fewer tasks, or a larger scheduler`);
    this.capacity = capacity;
  }
}

/** A period that would make a task run without end. */
export class BadPeriod extends EdgeError {
  readonly code = "EDGE_BAD_PERIOD";
  readonly every: number;
  constructor(every: number) {
    super(`a period of ${every} ms: expected 1 ms or more`);
    this.every = every;
  }
}
