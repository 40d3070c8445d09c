import type { StoreDatabase } from "./store-database.ts";
import { asText, Space } from "./store-keys.ts";

/** The layout of the store that this version writes. */
export const storeSchema = 1;

const key = `${Space.meta}schema`;

/** Reads which layout a store has; `undefined`: none was ever written. */
export async function readSchema(db: StoreDatabase): Promise<number | undefined> {
  const text = await db.get<string, string>(key, asText);
  return text === undefined ? undefined : Number(text);
}

/** Resolves when it is on disk, and with it all that was written before. */
export async function writeSchema(db: StoreDatabase, schema: number = storeSchema): Promise<void> {
  const how = { ...asText, sync: true };
  await db.put<string, string>(key, String(schema), how);
}
