import { boundsContract } from "./bounds-contract.ts";
import { documentsContract } from "./documents-contract.ts";
import { eventsContract } from "./events-contract.ts";
import { type OpenStore, storeTest } from "./store-test.ts";

/** What every gateway's store does, whatever it lies on. */
export function gatewayStoreContract(name: string, open: OpenStore): void {
  const withStore = storeTest(name, open);
  documentsContract(withStore);
  eventsContract(withStore);
  boundsContract(withStore);
}
