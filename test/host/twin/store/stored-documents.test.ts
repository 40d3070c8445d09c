import type { AbstractGetManyOptions, AbstractGetOptions } from "abstract-level";
import test from "ava";
import { MemoryLevel } from "memory-level";
import { KeptDocument } from "../../../../host/twin/store/kept-document.ts";
import { StoreGate } from "../../../../host/twin/store/store-gate.ts";
import { asText, documentKey } from "../../../../host/twin/store/store-keys.ts";
import { StoredDocuments } from "../../../../host/twin/store/stored-documents.ts";
import { bytes } from "../../../../shared/base/units.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { thingDraft } from "../../../harness/gateway-store-drafts.ts";

/** A database whose answers are as of when it was asked, and come when they are let go. */
class SlowLevel extends MemoryLevel<Uint8Array, Uint8Array> {
  #answer: () => void = () => {};
  readonly #held = new Promise<void>((resolve) => {
    this.#answer = resolve;
  });

  constructor() {
    super({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
  }

  letGo(): void {
    this.#answer();
  }

  override async get<K, V>(key: K, options?: AbstractGetOptions<K, V>): Promise<V | undefined> {
    const answer = await super.get<K, V>(key, options ?? {});
    await this.#held;
    return answer;
  }

  override async getMany<K, V>(keys: K[], options?: AbstractGetManyOptions<K, V>): Promise<(V | undefined)[]> {
    const answers = await super.getMany<K, V>(keys, options ?? {});
    await this.#held;
    return answers;
  }
}

const key = documentKey("thing", "p");
const textOf = (rev: number): string => JSON.stringify({ ...thingDraft("p"), rev, createdAt: 0, updatedAt: 0 });

async function openSlow(): Promise<{
  readonly db: SlowLevel;
  readonly documents: StoredDocuments;
  write(rev: number | undefined): Promise<void>;
}> {
  const db = new SlowLevel();
  await db.put(key, textOf(1), asText);
  const documents = new StoredDocuments({ db, gate: new StoreGate(), log: new FakeLog(), cache: bytes(1 << 20) });
  return {
    db,
    documents,
    async write(rev) {
      if (rev === undefined) await db.del(key, asText);
      else await db.put(key, textOf(rev), asText);
      documents.settle(key, rev === undefined ? undefined : new KeptDocument("thing", textOf(rev)));
    },
  };
}

for (const [what, rev] of [
  ["changed", 2],
  ["removed", undefined],
] as const) {
  test(`a read that a document was ${what} behind does not come to be what is in memory`, async (t) => {
    const { db, documents, write } = await openSlow();
    const reading = documents.get("thing", "p");
    await write(rev);
    db.letGo();
    t.is((await reading)?.rev, 1);
    t.is((await documents.get("thing", "p"))?.rev, rev);
    t.is(documents.getSync("thing", "p")?.document.rev, rev);
  });

  test(`a read of many that a document was ${what} behind does not come to be what is in memory`, async (t) => {
    const { db, documents, write } = await openSlow();
    const reading = documents.getMany("thing", ["p", "q"]);
    await write(rev);
    db.letGo();
    t.deepEqual(
      (await reading).map((thing) => thing?.rev),
      [1, undefined],
    );
    t.is((await documents.get("thing", "p"))?.rev, rev);
    t.is(documents.getSync("thing", "p")?.document.rev, rev);
  });
}

test("those who want the same document at once share one read", async (t) => {
  const { db, documents } = await openSlow();
  const reads = [documents.get("thing", "p"), documents.get("thing", "p")];
  db.letGo();
  const [a, b] = await Promise.all(reads);
  t.is(a, b);
  t.is(documents.cache.size, 1);
});
