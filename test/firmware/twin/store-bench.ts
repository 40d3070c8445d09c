import type { TwinStoreOptions } from "../../../firmware/twin/twin-store-options.ts";
import type { TwinChange, TwinStore } from "../../../shared/twin/ports.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

/** One adapter under the contract. */
export interface TwinStoreCase {
  /** A new store of one's own. `end` closes it and clears up. */
  open(
    parts: TwinStoreOptions & { readonly clock: FakeClock; readonly log: FakeLog },
  ): Promise<{ readonly store: TwinStore; end(): Promise<void> }>;
}

/** An open store and what it says. */
export interface StoreBench {
  readonly store: TwinStore;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  /** Each commit that listeners heard of. */
  readonly commits: (readonly TwinChange[])[];
}

/** Opens a store of the case, runs a test on it and closes it. */
export async function withStore(
  subject: TwinStoreCase,
  options: TwinStoreOptions,
  run: (bench: StoreBench) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const log = new FakeLog();
  const { store, end } = await subject.open({ ...options, clock, log });
  const commits: (readonly TwinChange[])[] = [];
  store.onCommit((changes) => commits.push(changes));
  try {
    await run({ store, clock, log, commits });
  } finally {
    await end();
  }
}

/** The value of a metric without labels. */
export function metric(store: TwinStore, name: string): number | undefined {
  return store.metrics().find((one) => one.name === name)?.values[0]?.value;
}
