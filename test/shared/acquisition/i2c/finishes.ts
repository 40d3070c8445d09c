import { type Millis, millis } from "../../../../shared/base/units.ts";
import type { FakeClock } from "../../../harness/fake-clock.ts";

/** A stop signal that never fires. */
export const never = new AbortController().signal;

/** Lets virtual time pass in small steps until the work has come to its end. */
export async function finishes<Result>(clock: FakeClock, work: Promise<Result>, step: Millis = millis(5)): Promise<Result> {
  let done = false;
  const settle = (): void => {
    done = true;
  };
  work.then(settle, settle);
  for (let turn = 0; turn < 10_000 && !done; turn++) await clock.advance(step);
  return work;
}
