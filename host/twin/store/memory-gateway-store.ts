import { MemoryLevel } from "memory-level";
import { GatewayStoreCore, type GatewayStoreParts } from "./gateway-store-core.ts";
import type { StorePlace } from "./store-database.ts";

/** A gateway's store that ends with the process: for tests. */
export class MemoryGatewayStore extends GatewayStoreCore {
  static async open(parts: GatewayStoreParts): Promise<MemoryGatewayStore> {
    const store = new MemoryGatewayStore(parts, await openMemory());
    await store.start();
    return store;
  }
}

async function openMemory(): Promise<StorePlace> {
  const db = new MemoryLevel<Uint8Array, Uint8Array>({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  return { db, name: "memory", repaired: undefined, reopen: () => Promise.resolve(), close: () => db.close() };
}
