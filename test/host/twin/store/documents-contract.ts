import { millis } from "../../../../shared/base/units.ts";
import { RevisionConflict } from "../../../../shared/twin/documents/document-errors.ts";
import { DuplicateAlias } from "../../../../shared/twin/store-errors.ts";
import type { AuditDraft } from "../../../../shared/twin/store-ports.ts";
import { aliasDraft, featureDraft, operationDraft, putThing, relationDraft, thingDraft } from "../../../harness/gateway-store-drafts.ts";
import type { StoreTest } from "./store-test.ts";

const actor = "user:anna";
const all = { limit: 1000 };
const line = (id: string): AuditDraft => ({ actor, via: "rest", action: "thing:update", kind: "thing", id, outcome: "done" });

/** What every gateway's store does with documents and their indexes. */
export function documentsContract(withStore: StoreTest): void {
  withStore("a document is stamped when it is made and when it is changed", async (t, { store, clock }) => {
    const made = await store.commit({ actor, puts: [putThing("pump-1")] });
    t.like(made.documents[0], { id: "pump-1", rev: 1, createdAt: clock.wall(), updatedAt: clock.wall() });
    const before = clock.wall();
    await clock.advance(millis(500));
    const changed = await store.commit({ actor, puts: [putThing("pump-1", { name: "Feed pump" })] });
    t.like(changed.documents[0], { name: "Feed pump", rev: 2, createdAt: before, updatedAt: clock.wall() });
    t.deepEqual(await store.get("thing", "pump-1"), {
      ...thingDraft("pump-1", { name: "Feed pump" }),
      rev: 2,
      createdAt: before,
      updatedAt: clock.wall(),
    });
    t.is(await store.get("thing", "pump-2"), undefined);
  });

  withStore("what JSON cannot say makes no change", async (t, { store }) => {
    await store.commit({ actor, puts: [{ kind: "operation", id: "op-1", document: operationDraft("op-1", { input: { a: 1 } }) }] });
    const again = operationDraft("op-1", { input: { a: 1, b: undefined } });
    t.deepEqual((await store.commit({ actor, puts: [{ kind: "operation", id: "op-1", document: again }] })).events, []);
  });

  withStore("of two writers who saw the same revision one wins, and only the other's change fails", async (t, { store }) => {
    await store.commit({ actor, puts: [putThing("pump-1")] });
    const results = await Promise.allSettled([
      store.commit({ actor, puts: [putThing("pump-1", { name: "first" }, 1)] }),
      store.commit({ actor, puts: [putThing("pump-1", { name: "second" }, 1), putThing("pump-3")] }),
      store.commit({ actor, puts: [putThing("pump-2")] }),
    ]);
    t.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    t.true(results[1]?.status === "rejected" && results[1].reason instanceof RevisionConflict && results[1].reason.rev === 2);
    t.like(await store.get("thing", "pump-1"), { name: "first", rev: 2 });
    t.is(await store.get("thing", "pump-3"), undefined);
    t.is(store.count("thing"), 2);
    const { events } = await store.events(0, 10);
    t.deepEqual(
      events.map(({ seq }) => seq),
      [1, 2, 3],
    );
  });

  withStore("revision 0 stands for no document", async (t, { store }) => {
    await store.commit({ actor, puts: [putThing("pump-1", {}, 0)] });
    await t.throwsAsync(store.commit({ actor, puts: [putThing("pump-1", {}, 0)] }), { instanceOf: RevisionConflict });
    await t.throwsAsync(store.commit({ actor, puts: [putThing("pump-2", {}, 1)] }), { instanceOf: RevisionConflict });
    await t.throwsAsync(store.commit({ actor, deletes: [{ kind: "thing", id: "pump-1", ifRev: 2 }] }), { instanceOf: RevisionConflict });
    await store.commit({ actor, deletes: [{ kind: "thing", id: "pump-1", ifRev: 1 }] });
    t.is(await store.get("thing", "pump-1"), undefined);
  });

  withStore("documents are listed in the order of ids, by prefix, behind an id, forwards and backwards", async (t, { store }) => {
    const ids = ["a", "b", "b.1", "b:2", "ba", "c"];
    await store.commit({ actor, puts: ids.map((id) => putThing(id)) });
    await store.commit({
      actor,
      puts: ["b/x", "b/y", "ba/x"].map((id) => ({
        kind: "feature",
        id,
        document: featureDraft(id.split("/")[0] ?? "", id.split("/")[1] ?? ""),
      })),
    });
    const list = async (bounds: object): Promise<readonly string[]> =>
      (await store.list("thing", { limit: 100, ...bounds })).map(({ id }) => id);
    t.deepEqual(await list({}), ids);
    t.deepEqual(await list({ limit: 2 }), ["a", "b"]);
    t.deepEqual(await list({ after: "b", limit: 2 }), ["b.1", "b:2"]);
    t.deepEqual(await list({ reverse: true, limit: 2 }), ["c", "ba"]);
    t.deepEqual(await list({ reverse: true, after: "b.1" }), ["b", "a"]);
    t.deepEqual(await list({ prefix: "b", after: "a" }), ["b", "b.1", "b:2", "ba"]);
    t.deepEqual(await list({ prefix: "b", after: "b.1" }), ["b:2", "ba"]);
    t.deepEqual(await list({ prefix: "b", reverse: true, after: "z" }), ["ba", "b:2", "b.1", "b"]);
    t.deepEqual(await list({ after: "c" }), []);
    t.deepEqual(
      (await store.list("feature", { prefix: "b/", limit: 10 })).map(({ id }) => id),
      ["x", "y"],
    );
    t.is(store.count("thing"), 6);
    t.is(store.count("feature"), 3);
    t.deepEqual(
      (await store.getMany("thing", ["c", "nope", "a", "c"])).map((thing) => thing?.id),
      ["c", undefined, "a", "c"],
    );
  });

  withStore("indexes follow the documents", async (t, { store }) => {
    const nasty = "50%/2 rue de l'été";
    await store.commit({
      actor,
      puts: [
        putThing("p2", { labels: { site: "east", at: nasty }, definition: "blueprint:pump@2", board: "line-7" }),
        putThing("p1", { labels: { site: "east" }, board: "line-7" }),
        putThing("p3", { labels: { site: "east/2" } }),
        { kind: "relation", id: "hall/in/p1", document: relationDraft("hall", "in", "p1") },
        { kind: "relation", id: "loop/feeds/p1", document: relationDraft("loop", "feeds", "p1") },
        { kind: "relation", id: "area/in/p1", document: relationDraft("area", "in", "p1") },
        { kind: "relation", id: "area/in/p11", document: relationDraft("area", "in", "p11") },
        { kind: "alias", id: "n/serial/7", document: aliasDraft("n", "serial", "7", "p1") },
        { kind: "grant", id: "g1", document: { id: "g1", principal: "user:anna", role: "viewer", scope: "all", createdBy: "system" } },
        { kind: "key", id: "k1", document: { id: "k1", name: "k", owner: "anna", secretHash: "x" } },
        { kind: "session", id: "s1", document: { id: "s1", user: "anna", csrf: "x", expiresAt: 1, usedAt: 0 } },
      ],
    });
    t.deepEqual(await store.lookup("label", "site=east", all), ["p1", "p2"]);
    t.deepEqual(await store.lookup("label", "site=east", { limit: 1, after: "p1" }), ["p2"]);
    t.deepEqual(await store.lookup("label", "site=east", { limit: 1, reverse: true }), ["p2"]);
    t.deepEqual(await store.lookup("label", "site=east/2", all), ["p3"]);
    t.deepEqual(await store.lookup("label", `at=${nasty}`, all), ["p2"]);
    t.deepEqual(await store.lookup("definition", "blueprint:pump@2", all), ["p2"]);
    t.deepEqual(await store.lookup("board", "line-7", all), ["p1", "p2"]);
    t.deepEqual(await store.lookup("child", "p1/", all), ["loop/feeds/p1", "area/in/p1", "hall/in/p1"]);
    t.deepEqual(await store.lookup("child", "p1/in/", all), ["area/in/p1", "hall/in/p1"]);
    t.deepEqual(await store.lookup("child", "p1/in/", { limit: 5, after: "area/in/p1" }), ["hall/in/p1"]);
    t.deepEqual(await store.lookup("aliased", "p1", all), ["n/serial/7"]);
    t.deepEqual(await store.lookup("principal", "user:anna", all), ["g1"]);
    t.deepEqual(await store.lookup("owner", "anna", all), ["k1"]);
    t.deepEqual(await store.lookup("sessions", "anna", all), ["s1"]);
    await store.commit({ actor, puts: [putThing("p1", { labels: { site: "west" } })], deletes: [{ kind: "thing", id: "p2" }] });
    t.deepEqual(await store.lookup("label", "site=east", all), []);
    t.deepEqual(await store.lookup("label", "site=west", all), ["p1"]);
    t.deepEqual(await store.lookup("board", "line-7", all), []);
  });

  withStore("operations are found by state, target and key, the newest last", async (t, { store, clock }) => {
    for (const id of ["op-z", "op-y", "op-x"]) {
      await store.commit({ actor, puts: [{ kind: "operation", id, document: operationDraft(id, { idempotencyKey: `k/${id}` }) }] });
      await clock.advance(millis(1));
    }
    t.deepEqual(await store.lookup("operation", "pending", all), ["op-z", "op-y", "op-x"]);
    t.deepEqual(await store.lookup("operation", "pending", { limit: 2, after: "op-z" }), ["op-y", "op-x"]);
    t.deepEqual(await store.lookup("operation", "pending", { limit: 2, after: "op-w" }), []);
    t.deepEqual(await store.lookup("operation", "thing:pump-1", { limit: 1, reverse: true }), ["op-x"]);
    t.deepEqual(await store.lookup("operation", "key:user:anna:k/op-y", all), ["op-y"]);
    await store.commit({ actor, puts: [{ kind: "operation", id: "op-y", document: operationDraft("op-y", { state: "succeeded" }) }] });
    t.deepEqual(await store.lookup("operation", "pending", all), ["op-z", "op-x"]);
    t.deepEqual(await store.lookup("operation", "succeeded", all), ["op-y"]);
    t.deepEqual(await store.lookup("operation", "key:user:anna:k/op-y", all), []);
  });

  withStore("an alias names one thing", async (t, { store }) => {
    const put = (thing: string, ifRev?: number): Promise<unknown> =>
      store.commit({
        actor,
        puts: [{ kind: "alias", id: "n/k/v", document: aliasDraft("n", "k", "v", thing), ...(ifRev === undefined ? {} : { ifRev }) }],
      });
    const results = await Promise.allSettled([put("p1"), put("p2")]);
    t.true(results[1]?.status === "rejected" && results[1].reason instanceof DuplicateAlias);
    await t.throwsAsync(put("p2", 0), { instanceOf: DuplicateAlias });
    await t.notThrowsAsync(put("p1"));
    await t.notThrowsAsync(put("p2", 1));
  });

  withStore("updates of one document never lose one another", async (t, { store }) => {
    await store.commit({ actor, puts: [putThing("pump-1", { labels: { n: "0" } })] });
    const count = (): Promise<unknown> =>
      store.update("thing", "pump-1", actor, (now) => thingDraft("pump-1", { labels: { n: String(Number(now?.labels["n"]) + 1) } }), {
        audit: [line("pump-1")],
      });
    await Promise.all(Array.from({ length: 40 }, count));
    t.like(await store.get("thing", "pump-1"), { labels: { n: "40" }, rev: 41 });
    t.is((await store.audit(0, 100)).length, 40);
  });

  withStore("an update may make a document, leave it, or refuse", async (t, { store }) => {
    t.like(await store.update("thing", "p", actor, (now) => (now === undefined ? thingDraft("p") : undefined)), { rev: 1 });
    t.is(await store.update("thing", "p", actor, () => undefined, { audit: [line("p")] }), undefined);
    t.deepEqual(await store.audit(0, 10), []);
    await t.throwsAsync(
      store.update("thing", "p", actor, () => {
        throw new Error("no");
      }),
      { message: "no" },
    );
    t.like(await store.get("thing", "p"), { rev: 1 });
  });
}
