import test from "ava";
import { GatewayLinkStore } from "../../../../host/broker/link-store/gateway-link-store.ts";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { instant } from "../../../../shared/base/units.ts";
import type { GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { MemoryLinkStore } from "../../../harness/link-store-memory.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { HeardReadings, keepOperation, openLinkStore, queuedOperation } from "../open-link-store.ts";
import { linkStoreContract, type OpenedLinkStore } from "./link-store-contract.ts";

function memory(store: MemoryLinkStore): OpenedLinkStore {
  return {
    store,
    order: async (board, cmdSeq, opId) =>
      store.order(board, { cmdSeq, opId, thing: "pump", feature: "speed", value: 7, who: "anna", expiresAt: instant(1_800_000_000_000) }),
    reopen: async () => memory(store),
    close: async () => {},
  };
}

function opened(store: GatewayStore, links: GatewayLinkStore, reopen: () => Promise<OpenedLinkStore>): OpenedLinkStore {
  return {
    store: links,
    order: async (board, cmdSeq, opId) => void (await keepOperation(store, queuedOperation(board, cmdSeq, opId))),
    reopen: async () => {
      links.close();
      return reopen();
    },
    close: async () => {
      links.close();
      await store.close();
    },
  };
}

async function onMemory(before?: GatewayStore): Promise<OpenedLinkStore> {
  const { store, links } = await openLinkStore(before === undefined ? {} : { store: before });
  return opened(store, links, () => onMemory(store));
}

async function onDisk(directory: string): Promise<OpenedLinkStore> {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const store = await LevelGatewayStore.open({ directory, clock, log });
  const links = await GatewayLinkStore.open({ store, listener: new HeardReadings(), clock, log });
  return opened(store, links, async () => {
    await store.close();
    return onDisk(directory);
  });
}

linkStoreContract(test, "in the harness", async () => memory(new MemoryLinkStore(1)));
linkStoreContract(test, "on a store in memory", () => onMemory());

const scratch = new ScratchDirectory();
let directories = 0;
test.after.always(() => scratch[Symbol.dispose]());
linkStoreContract(test, "on LevelDB", () => onDisk(`${scratch.path}/${++directories}`));
