import { join } from "node:path";

/** Where the gateway's store lies below its data directory. */
export const storeDirectory = (data: string): string => join(data, "store");
