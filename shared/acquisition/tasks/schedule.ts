import type { Millis } from "../../base/units.ts";

/** When a task is due. */
export type Schedule =
  | {
      readonly kind: "periodic";
      readonly every: Millis /** Aligns to wall-clock multiples of `every` plus this; without it the runner spreads tasks. */;
      readonly phase?: Millis;
    }
  | { readonly kind: "cron"; readonly pattern: string; readonly zone: string }
  | { readonly kind: "once"; readonly after: Millis };
