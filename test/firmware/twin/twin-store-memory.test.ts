import test from "ava";
import { MemoryTwinStore } from "../../../firmware/twin/twin-store-memory.ts";
import { twinStoreContract } from "./twin-store-contract.ts";

twinStoreContract(test, {
  async open(parts) {
    const store = await MemoryTwinStore.open(parts);
    return { store, end: () => store.close() };
  },
});
