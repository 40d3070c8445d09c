import test from "ava";
import type { OperationExecutor } from "../../../../host/twin/resources/operation-executors.ts";
import { OperationKeeper } from "../../../../host/twin/resources/operation-keeper.ts";
import { millis } from "../../../../shared/base/units.ts";
import { settle } from "../../../harness/fake-clock.ts";
import { engineer, never, operator, ResourceBench, viewer } from "./open-resources.ts";

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "done";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

const run = { type: "feature.write", target: { thing: "pump", feature: "run" }, input: { value: true } };

async function open(t: Parameters<typeof ResourceBench.open>[0]): Promise<ResourceBench> {
  const bench = await ResourceBench.open(t);
  await bench.bring("b-1", "pump", { run: { type: "boolean", writable: true }, level: { type: "number" } });
  return bench;
}

// EIM-08: an idempotent command with the operation's id.
test("a write is kept before it is sent, with its number, and ends when its record comes back", async (t) => {
  const bench = await open(t);
  const { resources, sender } = bench;
  const asked = await resources.createOperation(operator, run);
  t.like(asked, { state: "queued", board: "b-1", cmdSeq: 1, createdBy: "user:olga" });
  t.deepEqual(
    sender.issued.map(({ id }) => id),
    [asked.id],
  );
  await bench.markSent(asked.id);
  await bench.end(asked.id, { outcome: "done", before: false, after: true });
  const ended = await resources.getOperation(viewer, asked.id);
  t.like(ended, { state: "succeeded", result: { before: false, after: true } });
  t.deepEqual(
    ended.history.map(({ state }) => state),
    ["pending", "queued", "sent", "succeeded"],
  );
  // What is told once more changes nothing.
  await bench.end(asked.id, { outcome: "failed", reason: "late" });
  t.is((await resources.getOperation(viewer, asked.id)).rev, ended.rev);
});

test("commands to one board leave in the order of their numbers", async (t) => {
  const { resources, sender } = await open(t);
  await Promise.all(Array.from({ length: 20 }, () => resources.createOperation(operator, run)));
  t.deepEqual(
    sender.issued.map(({ cmdSeq }) => cmdSeq),
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
});

test("a command that could not be kept leaves no hole in the numbers", async (t) => {
  const { resources, sender, store } = await open(t);
  const one = await resources.createOperation(operator, run);
  const fails = resources.dispatch.send("b-1", "op-x", (cmdSeq) => ({
    actor: "test",
    puts: [{ kind: "operation", id: one.id, document: { ...one, cmdSeq }, ifRev: 77 }],
  }));
  const [refused, next] = await Promise.allSettled([fails, resources.createOperation(operator, run)]);
  t.is(refused.status, "rejected");
  t.is(next.status, "fulfilled");
  t.deepEqual(
    sender.issued.map(({ cmdSeq }) => cmdSeq),
    [1, 2],
  );
  t.is(store.count("operation"), 2);
});

test("the same key with the same input is the same operation, also at the same time; with another input it is refused", async (t) => {
  const { resources, sender } = await open(t);
  const keyed = { ...run, idempotencyKey: "k-1" };
  const all = await Promise.all([1, 2, 3].map(() => resources.createOperation(operator, keyed)));
  t.is(new Set(all.map(({ id }) => id)).size, 1);
  t.is(sender.issued.length, 1);
  t.is(await code(resources.createOperation(operator, { ...keyed, input: { value: false } })), "EDGE_ALREADY_EXISTS");
  t.not((await resources.createOperation(engineer, keyed)).id, all[0]?.id);
});

test("what cannot be written is refused before it becomes an operation", async (t) => {
  const { resources, store } = await open(t);
  t.is(await code(resources.createOperation(operator, { ...run, input: { value: 3 } })), "EDGE_RESOURCE_INVALID");
  t.is(await code(resources.createOperation(operator, { ...run, target: { thing: "pump", feature: "level" } })), "EDGE_NOT_WRITABLE");
  t.is(await code(resources.createOperation(operator, { ...run, target: { thing: "pump", feature: "none" } })), "EDGE_NOT_FOUND");
  t.is(await code(resources.createOperation(operator, { ...run, target: { thing: "pump" } })), "EDGE_RESOURCE_INVALID");
  t.is(await code(resources.createOperation(viewer, run)), "EDGE_FORBIDDEN");
  t.is(store.count("operation"), 0);
  await store.update("board", "b-1", "test", (now) => (now === undefined ? undefined : { ...now, enabled: false }));
  t.like(await resources.createOperation(operator, run), { state: "rejected", error: { code: "EDGE_BOARD_UNAVAILABLE" } });
  t.like(await resources.createOperation(operator, { ...run, type: "update.install" }), {
    state: "rejected",
    error: { code: "EDGE_NO_EXECUTOR" },
  });
});

test("what was not sent can be given up, what was sent cannot", async (t) => {
  const bench = await open(t);
  const { resources, sender } = bench;
  const one = await resources.createOperation(operator, run);
  t.is((await resources.cancelOperation(operator, one.id)).state, "cancelled");
  t.deepEqual(
    sender.withdrawn.map(({ id }) => id),
    [one.id],
  );
  t.is((await resources.cancelOperation(operator, one.id)).state, "cancelled");
  const two = await resources.createOperation(operator, run);
  await bench.markSent(two.id);
  t.is(await code(resources.cancelOperation(operator, two.id)), "EDGE_OPERATION_ENDED");
  t.is(await code(resources.cancelOperation(viewer, two.id)), "EDGE_FORBIDDEN");
});

test("what nobody begins in time expires with an event; what was sent is uncertain until its record comes", async (t) => {
  const bench = await open(t);
  const { clock, resources, sender, store } = bench;
  const waits = await resources.createOperation(operator, { ...run, expiresIn: 10_000 });
  const left = await resources.createOperation(operator, { ...run, expiresIn: 10_000 });
  await bench.markSent(left.id);
  await clock.advance(millis(9000));
  await settle();
  t.is((await resources.getOperation(viewer, waits.id)).state, "queued");
  await clock.advance(millis(7000));
  for (let turn = 0; turn < 10; turn++) await settle();
  t.like(await resources.getOperation(viewer, waits.id), { state: "expired", error: { code: "EDGE_OPERATION_EXPIRED" } });
  t.is((await resources.getOperation(viewer, left.id)).state, "sent");
  t.deepEqual(
    sender.withdrawn.map(({ id }) => id),
    [waits.id],
  );
  t.true(
    (await store.events(0, 100)).events.some(
      ({ type, id, severity }) => type === "operation.expired" && id === waits.id && severity === "warning",
    ),
  );
  await clock.advance(millis(60_000));
  for (let turn = 0; turn < 10; turn++) await settle();
  t.is((await resources.getOperation(viewer, left.id)).state, "uncertain");
  await bench.end(left.id, { outcome: "done", after: true });
  t.is((await resources.getOperation(viewer, left.id)).state, "succeeded");
});

test("operations are found by thing and by state", async (t) => {
  const bench = await open(t);
  await bench.bring("b-1", "fan", { run: { type: "boolean", writable: true } });
  const one = await bench.resources.createOperation(operator, run);
  await bench.resources.createOperation(operator, { ...run, target: { thing: "fan", feature: "run" } });
  await bench.markSent(one.id);
  const ids = async (query: { readonly thing?: string; readonly state?: string }) =>
    (await bench.resources.listOperations(viewer, { limit: 9, ...query }, never)).items.map(
      ({ target, state }) => `${target.thing} ${state}`,
    );
  t.deepEqual(await ids({ thing: "pump" }), ["pump sent"]);
  t.deepEqual(await ids({ state: "queued" }), ["fan queued"]);
  t.deepEqual(await ids({ thing: "pump", state: "queued" }), []);
  t.is((await ids({})).length, 2);
});

test("an executor carries out its types, tells how far it is, and can be stopped", async (t) => {
  const bench = await open(t);
  const { resources } = bench;
  const executor: OperationExecutor = {
    types: ["update.install"],
    refusal: async ({ input }) => (input === "bad" ? { code: "EDGE_UPDATE_BAD", message: "bad" } : undefined),
    async *execute({ input }, stop) {
      yield { state: "running", news: { stage: "download" } };
      if (input === "long") await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
      if (input === "fail") throw new Error("no room");
      if (input !== "long") yield { state: "succeeded", news: { result: { version: 2 } } };
    },
  };
  resources.executors.register(executor);
  const ask = (input: string) => resources.createOperation(operator, { type: "update.install", target: { thing: "pump" }, input });
  const ended = async (id: string) => {
    for (let turn = 0; turn < 20; turn++) await settle();
    return resources.getOperation(viewer, id);
  };
  t.like(await ended((await ask("good")).id), { state: "succeeded", result: { version: 2 } });
  t.like(await ended((await ask("fail")).id), { state: "failed", error: { message: "no room" } });
  t.like(await ask("bad"), { state: "rejected", error: { code: "EDGE_UPDATE_BAD" } });
  const long = await ask("long");
  t.like(await ended(long.id), { state: "running", stage: "download" });
  t.is((await resources.cancelOperation(operator, long.id)).state, "cancelling");
  t.is((await ended(long.id)).state, "cancelled");
});

test("what was being carried out when the gateway stopped has failed; what was not begun is begun", async (t) => {
  const bench = await open(t);
  const { resources, store, clock } = bench;
  const base = { type: "x.do", target: { thing: "pump" }, deadline: clock.wall() + 60_000, createdBy: "user:olga", history: [] };
  await store.commit({
    actor: "test",
    puts: [
      { kind: "operation", id: "op-1", document: { ...base, id: "op-1", state: "running" } },
      { kind: "operation", id: "op-2", document: { ...base, id: "op-2", state: "pending" } },
    ],
  });
  const done: string[] = [];
  resources.executors.register({
    types: ["x.do"],
    refusal: async () => undefined,
    async *execute({ id }) {
      done.push(id);
      yield { state: "succeeded" };
    },
  });
  await resources.resume();
  for (let turn = 0; turn < 20; turn++) await settle();
  t.like(await resources.getOperation(viewer, "op-1"), { state: "failed", error: { code: "EDGE_OPERATION_INTERRUPTED" } });
  t.is((await resources.getOperation(viewer, "op-2")).state, "succeeded");
  t.deepEqual(done, ["op-2"]);
});

test("ended operations are forgotten when they are old or too many, open ones never", async (t) => {
  const bench = await open(t);
  const { clock, log, resources, store } = bench;
  const settings = { interval: millis(5000), grace: millis(30_000), mostEnded: 5, keep: millis(3_600_000) };
  const keeper = OperationKeeper.open({ store, dispatch: resources.dispatch, clock, log, settings });
  t.teardown(() => keeper.close());
  const ids: string[] = [];
  for (let at = 0; at < 8; at++) {
    const { id } = await resources.createOperation(operator, { ...run, expiresIn: 604_800_000 });
    ids.push(id);
    if (at !== 3) await bench.end(id, { outcome: "done" });
    await clock.advance(millis(10));
  }
  await keeper.sweep();
  const left = (await store.list("operation", { limit: 50 })).map(({ id }) => ids.indexOf(id));
  t.deepEqual(left.sort(), [3, 4, 5, 6, 7]);
  await clock.advance(millis(3_700_000));
  await keeper.sweep();
  for (let turn = 0; turn < 10; turn++) await settle();
  t.deepEqual(
    (await store.list("operation", { limit: 50 })).map(({ id }) => ids.indexOf(id)),
    [3],
  );
});
