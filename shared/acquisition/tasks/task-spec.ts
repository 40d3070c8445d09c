import type { Millis } from "../../base/units.ts";

/** When a task is due. All instants are monotonic, on the caller's clock. */
export type TaskTiming =
  /** At every whole multiple of `every` from `epoch` (which may lie anywhere), and once before at `first` where that is given. */
  | { readonly kind: "periodic"; readonly every: Millis; readonly epoch: Millis; readonly first?: Millis }
  /** Once; the task leaves the scheduler when that run is finished. */
  | { readonly kind: "once"; readonly due: Millis }
  /** When `setDue` says, one run each time: calendars. */
  | { readonly kind: "external" };

export interface TaskSpec {
  readonly timing: TaskTiming;
  /** 0 goes first; at most 255. */
  readonly priority: number;
  /** A run that takes longer is late. */
  readonly deadline: Millis;
}
