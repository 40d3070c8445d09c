import test from "ava";
import { CommandWithdrawn } from "../../../../host/broker/link-store/command-book.ts";
import { readStream, StreamReadFailed } from "../../../../host/broker/link-store/read-stream.ts";
import { instant } from "../../../../shared/base/units.ts";
import type { BoardDescription } from "../../../../shared/connectors/link/board-description.ts";
import { encodeGap } from "../../../../shared/pipeline/gap-record.ts";
import { RecordKind } from "../../../../shared/pipeline/journal-record.ts";
import type { GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { keepOperation, openLinkStore, queuedOperation } from "../open-link-store.ts";
import { batchOf, origin, sampleOf, samples, streamBatch } from "./link-batches.ts";

const never = new AbortController().signal;
const pump = { thing: "pump", feature: "speed" };

async function eventsOf(store: GatewayStore): Promise<readonly string[]> {
  const { events } = await store.events(0, 1000);
  return events.filter(({ type }) => !/\.(created|updated|deleted)$/.test(type)).map(({ type, id }) => `${type} ${id}`);
}

const commits = async (store: GatewayStore): Promise<number> => (await store.events(0, 10_000)).newest;

test("a batch keeps readings with their places, tells screens, and moves the cursor with them", async (t) => {
  const { store, links, heard } = await openLinkStore();
  await links.apply("b", batchOf([samples("s", pump, 3)]));
  const readings = await store.history.readings({ ...pump, from: 0, to: 2e12, limit: 10 }, never);
  t.deepEqual(
    readings.map(({ value, term, seq }) => [value, term, seq]),
    [
      [1, 1, 1],
      [2, 1, 2],
      [3, 1, 3],
    ],
  );
  t.is(heard.readings.length, 3);
  t.is(links.records, 3);
});

test("things and features that nobody knows are written down and told of with the first batch, and not again", async (t) => {
  const { store, links } = await openLinkStore();
  await store.commit({
    actor: "system",
    puts: [{ kind: "board", id: "b", document: { id: "b", name: "b", enabled: true, labels: { line: "a" }, state: "adopted" } }],
  });
  await links.apply("b", batchOf([samples("s", pump, 2), samples("q", { thing: "pump", feature: "flow" }, 1)]));
  const thing = await store.get("thing", "pump");
  t.deepEqual([thing?.board, thing?.kind, thing?.labels], ["b", "device", { line: "a" }]);
  const feature = await store.get("feature", "pump/speed");
  t.deepEqual([feature?.owner, feature?.traits], ["board", { type: "number" }]);
  t.is((await store.get("relation", "b/hosts/pump"))?.parent, "b");
  t.deepEqual(await eventsOf(store), ["thing.discovered pump"]);
  await links.apply("b", batchOf([samples("s", { thing: "pump", feature: "valve" }, 1, { term: 1, seq: 2 })]));
  t.deepEqual(await eventsOf(store), ["thing.discovered pump", "feature.discovered pump/valve"]);
  const before = await commits(store);
  await links.apply("b", batchOf([samples("s", pump, 5, { term: 1, seq: 3 })]));
  t.is(await commits(store), before, "readings alone make no events");
});

test("a reading of another board's thing is refused and told of once, and the cursor moves on", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("a", batchOf([samples("s", pump, 1)]));
  await links.apply("b", batchOf([samples("s", pump, 2), samples("q", { thing: "fan", feature: "speed" }, 1)]));
  await links.apply("b", batchOf([samples("s", { thing: "pump", feature: "flow" }, 2, { term: 1, seq: 2 })]));
  t.is((await store.history.readings({ ...pump, from: 0, to: 2e12, limit: 10 }, never)).length, 1);
  t.is((await store.history.readings({ thing: "pump", feature: "flow", from: 0, to: 2e12, limit: 10 }, never)).length, 0);
  t.deepEqual((await links.load("b")).cursors.get("s"), { term: 1, seq: 4 });
  t.is(links.refused, 4);
  t.deepEqual(
    (await eventsOf(store)).filter((event) => event.startsWith("thing.refused")),
    ["thing.refused pump"],
  );
});

test("two boards that bring the same new thing at once: one gets it", async (t) => {
  const { store, links } = await openLinkStore();
  await Promise.all([links.apply("a", batchOf([samples("s", pump, 2)])), links.apply("b", batchOf([samples("s", pump, 2)]))]);
  const owner = (await store.get("thing", "pump"))?.board;
  t.true(owner === "a" || owner === "b");
  t.is((await store.history.readings({ ...pump, from: 0, to: 2e12, limit: 10 }, never)).length, 2);
  t.is(links.refused, 2);
});

test("a thing that a person made becomes the first board's that brings it; a site stays nobody's", async (t) => {
  const { store, links } = await openLinkStore();
  const lifecycle = { desired: "present", reported: "present", deleting: [] } as const;
  await store.commit({
    actor: "user:anna",
    puts: [
      {
        kind: "thing",
        id: "pump",
        document: { id: "pump", kind: "device", name: "Big pump", labels: { site: "x" }, lifecycle: { ...lifecycle, deleting: [] } },
      },
      {
        kind: "thing",
        id: "hall",
        document: { id: "hall", kind: "site", name: "Hall", labels: {}, lifecycle: { ...lifecycle, deleting: [] } },
      },
    ],
  });
  await links.apply("b", batchOf([samples("s", pump, 1), samples("q", { thing: "hall", feature: "x" }, 1)]));
  const thing = await store.get("thing", "pump");
  t.deepEqual([thing?.board, thing?.name, thing?.labels], ["b", "Big pump", { site: "x" }]);
  t.is((await store.get("thing", "hall"))?.board, undefined);
  t.is(await store.get("feature", "hall/x"), undefined);
});

test("a thing that was deleted is discovered anew with the next record", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("b", batchOf([samples("s", pump, 1)]));
  await store.commit({
    actor: "user:anna",
    deletes: [
      { kind: "feature", id: "pump/speed" },
      { kind: "thing", id: "pump" },
    ],
  });
  await links.apply("b", batchOf([samples("s", pump, 1, { term: 1, seq: 1 })]));
  t.is((await store.get("thing", "pump"))?.board, "b");
});

test("records that are no samples are counted and skipped", async (t) => {
  const { links } = await openLinkStore();
  const payload = new TextEncoder().encode("{");
  await links.apply(
    "b",
    batchOf([
      streamBatch("s", [
        { seq: 1, payload },
        { seq: 2, payload: sampleOf("pump", "speed", 1) },
      ]),
    ]),
  );
  t.deepEqual([links.invalid, links.records], [1, 2]);
});

test("gaps that the board tells of are notices, gaps without a word are warnings", async (t) => {
  const { store, links } = await openLinkStore();
  const gap = encodeGap({ from: { term: 1, seq: 1 }, to: { term: 1, seq: 4 }, why: "budget", count: 4 });
  const told = streamBatch("s", [{ seq: 4, kind: RecordKind.gap, payload: gap }]);
  const silent = streamBatch("q", [{ seq: 8, payload: sampleOf("pump", "speed", 1) }], {
    gaps: [{ from: { term: 1, seq: 1 }, to: { term: 1, seq: 7 }, count: 7 }],
  });
  await links.apply("b", batchOf([told, silent]));
  const { events } = await store.events(0, 100);
  const gaps = events.filter(({ type }) => type.startsWith("stream.gap"));
  t.deepEqual(
    gaps.map(({ type, severity, data }) => [type, severity, data?.["count"]]),
    [
      ["stream.gap", "notice", 4],
      ["stream.gap-unexplained", "warning", 7],
    ],
  );
});

test("the end of a command moves its operation, and the feature whose intent it carried, in the same change", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("b", batchOf([samples("s", pump, 1)]));
  await store.update("feature", "pump/speed", "user:anna", (now) => {
    if (now === undefined) return undefined;
    const { rev: _r, createdAt: _c, updatedAt: _u, ...feature } = now;
    return { ...feature, desired: { value: 7 }, desiredRev: 2, reconcile: { attempts: 0, operation: "op-1" } };
  });
  await keepOperation(store, queuedOperation("b", 1, "op-1", { desiredRev: 2 }));
  await links.markSent("b", [1], origin);
  t.is((await store.get("operation", "op-1"))?.state, "sent");
  const batch = batchOf([samples("s", pump, 1, { term: 1, seq: 1 })], [{ cmdSeq: 1, opId: "op-1", outcome: "done", before: 1, after: 7 }]);
  await links.apply("b", batch);
  const operation = await store.get("operation", "op-1");
  t.deepEqual([operation?.state, operation?.result], ["succeeded", { before: 1, after: 7 }]);
  const feature = await store.get("feature", "pump/speed");
  t.deepEqual([feature?.observedRev, feature?.status?.indicator], [2, "idle"]);
  t.deepEqual(await store.states("link/sent/"), []);
});

test("an operation that ended before it was marked is not sent", async (t) => {
  const { store, links } = await openLinkStore();
  const operation = await keepOperation(store, queuedOperation("b", 1, "op-1"));
  await keepOperation(store, queuedOperation("b", 2, "op-2"));
  const { rev: _r, createdAt: _c, updatedAt: _u, ...draft } = operation;
  await store.commit({ actor: "user:anna", puts: [{ kind: "operation", id: "op-1", document: { ...draft, state: "cancelled" } }] });
  await t.throwsAsync(links.markSent("b", [1, 2], origin), { instanceOf: CommandWithdrawn });
  t.is((await store.get("operation", "op-2"))?.state, "queued");
  t.deepEqual(
    (await links.load("b")).commands.map(({ command }) => command.cmdSeq),
    [2],
  );
});

test("numbers of commands grow, also over a restart and when asked for at once", async (t) => {
  const { store, links } = await openLinkStore();
  const first = await Promise.all([links.commands.next("b"), links.commands.next("b"), links.commands.next("a")]);
  t.deepEqual(first, [1, 2, 1]);
  links.close();
  const { links: again } = await openLinkStore({ store });
  t.true((await again.commands.next("b")) > 2);
  t.is(again.epoch, links.epoch + 1);
});

test("newest values ahead of records are given out only for points that are the board's", async (t) => {
  const { links, heard } = await openLinkStore();
  await links.apply("a", batchOf([samples("s", pump, 1)]));
  await links.load("b");
  const ahead = (seq: number, value: number) => ({
    stream: "s",
    key: "pump/speed",
    at: { term: 1, seq },
    time: instant(0),
    payload: sampleOf("pump", "speed", value),
  });
  links.live("a", [ahead(2, 5)]);
  links.live("b", [ahead(3, 6)]);
  t.deepEqual(
    heard.aheads.map(({ value, seq }) => [value, seq]),
    [[5, 2]],
  );
});

test("a reader that throws for one stream names the stream and keeps nothing", async (t) => {
  const { store, links } = await openLinkStore({
    read: (board, batch) => {
      if (batch.stream === "bad") throw new Error("no idea");
      return readStream(board, batch);
    },
  });
  const error = await t.throwsAsync(links.apply("b", batchOf([samples("s", pump, 1), samples("bad", pump, 1)])), {
    instanceOf: StreamReadFailed,
  });
  t.is(error.stream, "bad");
  t.is((await store.cursors("b")).size, 0);
});

const description = (hash: string, things: BoardDescription["things"]): BoardDescription => ({ hash: hash.repeat(32), things });
const speed = { id: "speed", type: "number", writable: true, unit: "rpm", minimum: 0, maximum: 3000 } as const;

test("what a board says it has is kept, equal words change nothing, and what is gone is absent with its history", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("b", batchOf([samples("s", { thing: "pump", feature: "old" }, 2)]));
  await links.described(
    "b",
    description("a", [
      { id: "pump", name: "Feed pump", features: [speed] },
      { id: "fan", features: [speed] },
    ]),
  );
  const thing = await store.get("thing", "pump");
  t.is(thing?.name, "Feed pump");
  t.deepEqual((await store.get("feature", "pump/speed"))?.traits, {
    type: "number",
    writable: true,
    unit: "rpm",
    minimum: 0,
    maximum: 3000,
  });
  t.regex((await store.get("feature", "pump/old"))?.status?.text ?? "", /^absent/);
  t.is((await store.history.readings({ thing: "pump", feature: "old", from: 0, to: 2e12, limit: 10 }, never)).length, 2);
  t.is((await links.load("b")).description, "a".repeat(32));
  const before = await commits(store);
  const rev = (await store.get("feature", "pump/speed"))?.rev;
  await links.described(
    "b",
    description("a", [
      { id: "pump", name: "Feed pump", features: [speed] },
      { id: "fan", features: [speed] },
    ]),
  );
  t.is(await commits(store), before);
  t.is((await store.get("feature", "pump/speed"))?.rev, rev);
  await links.described(
    "b",
    description("c", [{ id: "pump", name: "Feed pump", features: [speed, { id: "old", type: "number", writable: false }] }]),
  );
  t.is((await store.get("feature", "pump/old"))?.status, undefined);
  t.regex((await store.get("feature", "fan/speed"))?.status?.text ?? "", /^absent/);
});

test("a board may not describe what is another's, and a name that a person gave stays", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("a", batchOf([samples("s", pump, 1)]));
  await links.described(
    "b",
    description("a", [
      { id: "pump", name: "Mine", features: [speed] },
      { id: "fan", name: "Fan", features: [] },
    ]),
  );
  t.is((await store.get("thing", "pump"))?.name, "pump");
  await store.update("thing", "fan", "user:anna", (now) => {
    if (now === undefined) return undefined;
    const { rev: _r, createdAt: _c, updatedAt: _u, ...thing } = now;
    return { ...thing, name: "Roof fan" };
  });
  await links.described("b", description("b", [{ id: "fan", name: "Fan 2", features: [] }]));
  t.is((await store.get("thing", "fan"))?.name, "Roof fan");
});

test("after a restart, newest values of points that are written down are given out before their next record", async (t) => {
  const { store, links } = await openLinkStore();
  await links.apply("b", batchOf([samples("s", pump, 1)]));
  links.close();
  const { links: again, heard } = await openLinkStore({ store });
  await again.load("b");
  const ahead = (seq: number) => ({
    stream: "s",
    key: "pump/speed",
    at: { term: 1, seq },
    time: instant(0),
    payload: sampleOf("pump", "speed", seq),
  });
  for (let seq = 2; heard.aheads.length === 0 && seq < 1000; seq++) {
    again.live("b", [ahead(seq)]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.true(heard.aheads.length > 0);
});
