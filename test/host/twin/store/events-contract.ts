import { hash } from "node:crypto";
import { instant, millis } from "../../../../shared/base/units.ts";
import { RevisionConflict } from "../../../../shared/twin/documents/document-errors.ts";
import type { EventDocument } from "../../../../shared/twin/documents/event-document.ts";
import type { AuditDraft, Change } from "../../../../shared/twin/store-ports.ts";
import { aliasDraft, featureDraft, operationDraft, putThing, userDraft } from "../../../harness/gateway-store-drafts.ts";
import type { StoreTest } from "./store-test.ts";

const actor = "user:anna";
const never = new AbortController().signal;
const line = (id: string): AuditDraft => ({ actor, via: "rest", action: "thing:update", kind: "thing", id, outcome: "done" });
const types = (events: readonly EventDocument[]): readonly string[] => events.map(({ type, id }) => `${type} ${id}`);

/** What every gateway's store does with events, the audit log, its listeners and the history. */
export function eventsContract(withStore: StoreTest): void {
  withStore("a document that is as it was is not written, has no event and wakes nobody", async (t, { store }) => {
    await store.commit({ actor, puts: [putThing("pump-1", { labels: { line: "a", site: "east" } })] });
    let heard = 0;
    store.onCommit(() => {
      heard += 1;
    });
    const again = await store.commit({ actor, puts: [putThing("pump-1", { labels: { site: "east", line: "a" } })] });
    t.like(again.documents[0], { rev: 1 });
    t.deepEqual(again.events, []);
    t.is(heard, 0);
    t.is((await store.events(0, 10)).newest, 1);
  });

  withStore("events say what happened to documents, with a mask and hashes that fit together", async (t, { store, clock }) => {
    const made = await store.commit({ actor, puts: [{ kind: "feature", id: "pump-1/speed", document: featureDraft("pump-1", "speed") }] });
    const next = featureDraft("pump-1", "speed", { desired: { value: 3 }, desiredRev: 2 });
    const changed = await store.commit({ actor: "system", puts: [{ kind: "feature", id: "pump-1/speed", document: next }] });
    const gone = await store.commit({ actor, deletes: [{ kind: "feature", id: "pump-1/speed" }] });
    const [a, b, c] = [made.events[0], changed.events[0], gone.events[0]];
    t.like(a, { seq: 1, at: clock.wall(), type: "feature.created", kind: "feature", id: "pump-1/speed", thing: "pump-1", rev: 1, actor });
    t.like(b, { seq: 2, type: "feature.updated", rev: 2, actor: "system", severity: "info", before: a?.after });
    t.deepEqual([...(b?.mask ?? [])].sort(), ["desired", "desiredRev"]);
    t.like(c, { seq: 3, type: "feature.deleted", before: b?.after });
    t.is(a?.before, undefined);
    t.is(c?.after, undefined);
    t.regex(a?.after ?? "", /^[0-9a-f]{64}$/);
    t.not(a?.after, b?.after);
    t.deepEqual(
      (await store.events(0, 10)).events,
      [a, b, c].filter((event) => event !== undefined),
    );
  });

  withStore("an event belongs to the thing that it is about", async (t, { store }) => {
    const { events } = await store.commit({
      actor,
      puts: [
        { kind: "operation", id: "op-1", document: operationDraft("op-1") },
        { kind: "alias", id: "n/serial/7", document: aliasDraft("n", "serial", "7", "pump-2") },
        { kind: "user", id: "anna", document: userDraft("anna") },
      ],
      events: [{ type: "board.lost", kind: "board", id: "line-7", severity: "alarm", text: "x".repeat(600), data: { since: 5 } }],
    });
    t.deepEqual(
      events.map(({ thing }) => thing),
      ["pump-1", "pump-2", undefined, undefined],
    );
    t.like(events[3], { type: "board.lost", severity: "alarm", data: { since: 5 } });
    t.is(events[3]?.text?.length, 512);
  });

  withStore("nothing secret is in an event, and log-ins make none", async (t, { store }) => {
    const puts = (secret: string): Change["puts"] => [
      { kind: "user", id: "anna", document: userDraft("anna", { passwordHash: secret }) },
      { kind: "key", id: "k1", document: { id: "k1", name: "k", owner: "anna", secretHash: secret, passwordHash: secret } },
      { kind: "session", id: "s1", document: { id: "s1", user: "anna", csrf: secret, expiresAt: 1, usedAt: 0 } },
    ];
    await store.commit({ actor, puts: puts("first-secret") ?? [] });
    const { events } = await store.commit({ actor, puts: puts("second-secret") ?? [] });
    t.deepEqual(types(events), ["user.updated anna", "key.updated k1"]);
    const text = JSON.stringify((await store.events(0, 100)).events);
    t.notRegex(text, /secret|Hash|csrf/);
    // Secrets are left out of what is hashed, so that nobody can try some against it.
    const { rev, createdAt, updatedAt } = (await store.get("user", "anna")) ?? { rev: 0, createdAt: 0, updatedAt: 0 };
    const hashed = `{"createdAt":${createdAt},"enabled":true,"id":"anna","name":"anna","rev":${rev},"updatedAt":${updatedAt}}`;
    t.is(events[0]?.after, hash("sha256", hashed, "hex"));
  });

  withStore("listeners hear every commit in order, each until it ends, and a failing one disturbs nobody", async (t, { store, log }) => {
    const heard: string[] = [];
    const end = store.onCommit(({ events }, change) => heard.push(`${types(events)} by ${change.actor}`));
    store.onCommit(() => {
      throw new Error("broken listener");
    });
    await Promise.all(["a", "b", "c"].map((id) => store.commit({ actor, puts: [putThing(id)] })));
    t.deepEqual(
      heard,
      ["a", "b", "c"].map((id) => `thing.created ${id} by ${actor}`),
    );
    end();
    await store.commit({ actor, puts: [putThing("d")] });
    t.is(heard.length, 3);
    t.true(log.entries.some(({ level }) => level === "error"));
  });

  withStore("events resume behind a number", async (t, { store }) => {
    for (let n = 0; n < 25; n++) await store.commit({ actor, puts: [putThing(`p${n}`)] });
    const page = await store.events(10, 5);
    t.deepEqual(
      page.events.map(({ seq }) => seq),
      [11, 12, 13, 14, 15],
    );
    t.like(page, { oldest: 1, newest: 25 });
    t.deepEqual((await store.events(25, 5)).events, []);
    t.deepEqual((await store.events(99, 5)).events, []);
  });

  withStore("events stay until they are a day old and the slowest subscriber has them", async (t, { store, clock }) => {
    const make = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await store.commit({ actor, events: [{ type: "x.y", kind: "thing", id: "p", severity: "info" }] });
    };
    const oldest = async (): Promise<number> => (await store.events(0, 1)).oldest;
    await make(20);
    await store.setEventCursor("slow", 5);
    await store.setEventCursor("fast", 20);
    t.is(await store.eventCursor("slow"), 5);
    t.is(await store.eventCursor("nobody"), 0);
    await make(1);
    t.is(await oldest(), 1);
    await clock.advance(millis(25 * 3_600_000));
    await make(1);
    t.is(await oldest(), 6);
    t.is((await store.events(0, 100)).events[0]?.seq, 6);
    await store.setEventCursor("slow", 22);
    await make(3);
    t.is(await oldest(), 21);
    t.is((await store.events(0, 100)).newest, 25);
  });

  withStore(
    "there are never more events than the bound, whoever waits for them",
    async (t, { store }) => {
      await store.setEventCursor("slow", 0);
      for (let n = 0; n < 25; n++) await store.commit({ actor, puts: [putThing(`p${n}`)] });
      const { events, oldest, newest } = await store.events(0, 100);
      t.deepEqual([events.length, oldest, newest], [10, 16, 25]);
    },
    { events: 10 },
  );

  withStore("the audit log is a chain in which a changed, a missing and a cut line are found", async (t, { store }) => {
    for (let n = 0; n < 5; n++) await store.commit({ actor, audit: [line(`a${n}`), line(`b${n}`)] });
    const lines = await store.audit(0, 100);
    t.deepEqual(
      lines.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    t.deepEqual(
      (await store.audit(4, 2)).map(({ id }) => id),
      ["a2", "b2"],
    );
    t.deepEqual(
      (await store.audit(0, 2, true)).map(({ seq }) => seq),
      [10, 9],
    );
    t.deepEqual(
      (await store.audit(9, 2, true)).map(({ seq }) => seq),
      [8, 7],
    );
    t.deepEqual(await store.verifyAudit(never), { lines: 10, first: 1 });
  });

  withStore("readings go to the history in the batch of their cursor", async (t, { store, clock }) => {
    const reading = {
      thing: "p",
      feature: "level",
      value: 1.5,
      quality: "good",
      source: clock.wall(),
      received: clock.wall(),
      term: 1,
      seq: 1,
    } as const;
    const first = {
      actor: "board:b",
      readings: [reading],
      cursors: [{ board: "b", stream: "s", term: 1, seq: 1, prev: { term: 0, seq: 0 } }],
    };
    await store.commit(first);
    t.like(store.history.latest("p", "level"), { value: 1.5 });
    const again = { ...first, readings: [{ ...reading, value: 2.5, source: instant(reading.source + 1) }] };
    await t.throwsAsync(store.commit(again), { instanceOf: RevisionConflict });
    t.like(store.history.latest("p", "level"), { value: 1.5 });
    const query = { thing: "p", feature: "level", from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 };
    t.is((await store.history.readings(query, never)).length, 1);
  });

  withStore("history is removed when a change says so, and not before", async (t, { store, clock }) => {
    const reading = { thing: "p", value: 1, quality: "good", source: clock.wall(), received: clock.wall(), term: 1, seq: 1 } as const;
    await store.commit({ actor, puts: [putThing("p")], readings: ["level", "flow"].map((feature) => ({ ...reading, feature })) });
    await store.commit({ actor, deletes: [{ kind: "thing", id: "p" }] });
    t.is(store.history.latestOf("p").length, 2);
    await store.commit({ actor, forget: [{ thing: "p", feature: "level" }] });
    t.is(store.history.latest("p", "level"), undefined);
    t.is(store.history.latestOf("p").length, 1);
    await store.commit({ actor, forget: [{ thing: "p" }] });
    t.is(store.history.latestOf("p").length, 0);
  });

  withStore("what is measured has a name of its own, help and the unit or kind that it should", async (t, { store }) => {
    await store.commit({ actor, puts: [putThing("p")] });
    const metrics = store.metrics();
    t.is(new Set(metrics.map(({ name }) => name)).size, metrics.length);
    t.deepEqual(
      metrics.filter(({ name, type, help }) => help === "" || (type === "counter") !== name.endsWith("_total")).map(({ name }) => name),
      [],
    );
    const value = (name: string): number | undefined =>
      metrics.find((one) => one.name === `penstock_gateway_store_${name}`)?.values[0]?.value;
    t.deepEqual([value("documents"), value("changes_total"), value("batches_total"), value("event_seq")], [1, 1, 1, 1]);
  });
}
