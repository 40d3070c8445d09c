import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { gatewayStoreContract } from "./gateway-store-contract.ts";

gatewayStoreContract("in memory", (parts) => MemoryGatewayStore.open(parts));
