import { bytes } from "../../../../shared/base/units.ts";
import { RevisionConflict } from "../../../../shared/twin/documents/document-errors.ts";
import { DocumentTooLarge, GatewayStoreClosed, StoreFull } from "../../../../shared/twin/store-errors.ts";
import type { AuditDraft, Change } from "../../../../shared/twin/store-ports.ts";
import { putThing, thingDraft } from "../../../harness/gateway-store-drafts.ts";
import type { StoreTest } from "./store-test.ts";

const actor = "user:anna";
const all = { limit: 1000 };
const line = (id: string): AuditDraft => ({ actor, via: "rest", action: "thing:update", kind: "thing", id, outcome: "done" });

/** How every gateway's store keeps changes whole and itself within bounds. */
export function boundsContract(withStore: StoreTest): void {
  withStore("a change is kept as a whole or not at all", async (t, { store }) => {
    const change: Change = {
      actor,
      puts: [putThing("pump-1")],
      state: [{ key: "broker/x", value: { a: 1 } }],
      audit: [line("pump-1")],
      events: [{ type: "x.y", kind: "thing", id: "pump-1", severity: "notice" }],
      cursors: [{ board: "b", stream: "s", term: 1, seq: 4, prev: { term: 1, seq: 3 } }],
    };
    await t.throwsAsync(store.commit(change), { instanceOf: RevisionConflict });
    t.is(await store.get("thing", "pump-1"), undefined);
    t.is(await store.state("broker/x"), undefined);
    t.is(store.count("thing"), 0);
    t.is((await store.events(0, 10)).newest, 0);
    t.deepEqual(await store.audit(0, 10), []);
    t.deepEqual(await store.lookup("label", "site=east", all), []);
  });

  withStore("a cursor moves only from where it stands, also within one batch", async (t, { store }) => {
    const move = (prev: number, seq: number): Promise<unknown> =>
      store.commit({
        actor: "board:b",
        cursors: [{ board: "b", stream: "s", term: 1, seq, prev: { term: prev === 0 ? 0 : 1, seq: prev } }],
      });
    await move(0, 5);
    const results = await Promise.allSettled([move(5, 9), move(5, 7), move(9, 12)]);
    t.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    await store.commit({ actor: "board:b", cursors: [{ board: "bb", stream: "x/y", term: 2, seq: 1, prev: { term: 0, seq: 0 } }] });
    t.deepEqual([...(await store.cursors("b"))], [["s", { term: 1, seq: 12 }]]);
    t.deepEqual([...(await store.cursors("bb"))], [["x/y", { term: 2, seq: 1 }]]);
    t.deepEqual([...(await store.cursors("c"))], []);
  });

  withStore("state of rooms is kept by key", async (t, { store }) => {
    await store.commit({
      actor,
      state: [
        { key: "broker/epoch", value: 3 },
        { key: "broker/lines/a", value: ["x"] },
        { key: "broker0", value: null },
      ],
    });
    t.is(await store.state("broker/epoch"), 3);
    t.is(await store.state("broker0"), null);
    t.deepEqual(await store.states("broker/"), [
      ["broker/epoch", 3],
      ["broker/lines/a", ["x"]],
    ]);
    await store.commit({ actor, state: [{ key: "broker/epoch", value: undefined }] });
    t.is(await store.state("broker/epoch"), undefined);
  });

  withStore(
    "bounds hold: documents of a kind, their size, streams, subscribers",
    async (t, { store }) => {
      await store.commit({ actor, puts: [putThing("a"), putThing("b")] });
      const results = await Promise.allSettled([
        store.commit({ actor, puts: [putThing("c"), putThing("d")] }),
        store.commit({ actor, puts: [putThing("e")] }),
        store.commit({ actor, puts: [putThing("a", { name: "still" })] }),
      ]);
      t.true(results[0]?.status === "rejected" && results[0].reason instanceof StoreFull);
      t.deepEqual(
        results.slice(1).map(({ status }) => status),
        ["fulfilled", "fulfilled"],
      );
      t.is(store.count("thing"), 3);
      await store.commit({ actor, deletes: [{ kind: "thing", id: "a" }], puts: [] });
      await t.notThrowsAsync(store.commit({ actor, puts: [putThing("f")] }));
      await t.throwsAsync(store.commit({ actor, puts: [putThing("b", { description: "é".repeat(600) })] }), {
        instanceOf: DocumentTooLarge,
      });
      await t.notThrowsAsync(store.commit({ actor, puts: [putThing("b", { description: "e".repeat(600) })] }));
      await t.throwsAsync(store.commit({ actor, state: [{ key: "x", value: "x".repeat(1100) }] }), { instanceOf: DocumentTooLarge });
      const cursor = (stream: string): Change => ({ actor, cursors: [{ board: "b", stream, term: 1, seq: 1, prev: { term: 0, seq: 0 } }] });
      await store.commit(cursor("s1"));
      await t.throwsAsync(store.commit(cursor("s2")), { instanceOf: StoreFull });
      await store.setEventCursor("one", 1);
      await t.throwsAsync(store.setEventCursor("two", 1), { instanceOf: StoreFull });
      const refused = store.metrics().find((metric) => metric.name === "penstock_gateway_store_refused_total");
      t.is(refused?.values[0]?.value, 5);
    },
    { documents: { thing: 3 }, documentSize: bytes(1024), streams: 1, subscribers: 1 },
  );

  withStore(
    "no more changes wait than the bound",
    async (t, { store }) => {
      const results = await Promise.allSettled(["a", "b", "c", "d"].map((id) => store.commit({ actor, puts: [putThing(id)] })));
      t.deepEqual(
        results.map((result) => result.status === "rejected" && result.reason instanceof StoreFull),
        [false, false, true, true],
      );
    },
    { waiting: 2 },
  );

  withStore("documents that were given out cannot be changed", async (t, { store }) => {
    const draft = thingDraft("p", { labels: { site: "east" } });
    await store.commit({ actor, puts: [{ kind: "thing", id: "p", document: draft }] });
    const thing = await store.get("thing", "p");
    t.true(Object.isFrozen(thing) && Object.isFrozen(thing?.labels));
    t.false(Object.isFrozen(draft.labels));
  });

  withStore(
    "documents that fit no more into memory are read again",
    async (t, { store }) => {
      for (let n = 0; n < 50; n++) await store.commit({ actor, puts: [putThing(`p${n}`, { description: "x".repeat(100) })] });
      for (let n = 0; n < 50; n++) t.is((await store.get("thing", `p${n}`))?.id, `p${n}`);
      await store.update("thing", "p0", actor, () => thingDraft("p0", { name: "again" }));
      t.like(await store.get("thing", "p0"), { name: "again", rev: 2 });
      t.is((await store.list("thing", { limit: 100 })).length, 50);
      const metric = (suffix: string): number =>
        store.metrics().find(({ name: one }) => one === `penstock_gateway_store_cache_${suffix}`)?.values[0]?.value ?? 0;
      t.true(metric("bytes") <= 5000);
      t.true(metric("documents") > 0);
    },
    { cache: bytes(5000) },
  );

  withStore("a closed store has written what waited and takes no more", async (t, { store }) => {
    const waiting = store.commit({ actor, puts: [putThing("p")] });
    await store.close();
    t.is((await waiting).documents.length, 1);
    await t.throwsAsync(store.commit({ actor }), { instanceOf: GatewayStoreClosed });
    await t.throwsAsync(store.get("thing", "p"), { instanceOf: GatewayStoreClosed });
  });
}
