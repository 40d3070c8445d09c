import test, { type ExecutionContext } from "ava";
import type { GatewayStoreCore } from "../../../../host/twin/store/gateway-store-core.ts";
import type { StoreOptions } from "../../../../host/twin/store/store-options.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

/** A store under test, with the time that it sees. */
export interface OpenedStore {
  readonly store: GatewayStoreCore;
  readonly clock: FakeClock;
  readonly log: FakeLog;
}

export type OpenStore = (options: StoreOptions & { readonly clock: FakeClock; readonly log: FakeLog }) => Promise<GatewayStoreCore>;

/** Declares a test with a store of its own. */
export type StoreTest = (title: string, run: (t: ExecutionContext, opened: OpenedStore) => Promise<void>, options?: StoreOptions) => void;

/** Tests of stores that are opened so. @param name of the kind of store, for the titles */
export const storeTest =
  (name: string, open: OpenStore): StoreTest =>
  (title, run, options = {}) => {
    test(`${name}: ${title}`, async (t) => {
      const [clock, log] = [new FakeClock(), new FakeLog()];
      await using store = await open({ ...options, clock, log });
      await run(t, { store, clock, log });
    });
  };
