import type { Log } from "../../../shared/base/log.ts";
import type { DocumentKind } from "../../../shared/twin/store-ports.ts";
import { documentFacts, documentKinds } from "./document-facts.ts";
import { KeptDocument } from "./kept-document.ts";
import type { StoreDatabase } from "./store-database.ts";
import { asText, documentKey, endOf, Space } from "./store-keys.ts";

const chunk = 500;

/** Makes the indexes anew from the documents, for a store of which a part was lost. Documents that cannot be read are in no index. */
export async function rebuildIndexes(db: StoreDatabase, log: Log): Promise<void> {
  await db.clear<string>({ keyEncoding: "utf8", gte: Space.index, lt: endOf(Space.index) });
  for (const kind of documentKinds) await rebuild(db, log, kind);
}

async function rebuild<K extends DocumentKind>(db: StoreDatabase, log: Log, kind: K): Promise<void> {
  const home = documentKey(kind, "");
  await using entries = db.iterator<string, string>({ ...asText, gte: home, lt: endOf(home) });
  for (let some = await entries.nextv(chunk); some.length > 0; some = await entries.nextv(chunk)) {
    const keys = some.flatMap(([key, text]) => {
      try {
        return documentFacts[kind].indexKeys(new KeptDocument(kind, text).document);
      } catch (error) {
        log.error({ key, err: error }, "a stored document cannot be read");
        return [];
      }
    });
    await db.batch<string, string>(
      keys.map((key) => ({ type: "put", key, value: "" })),
      asText,
    );
  }
}
