import test from "ava";
import { BoardKey } from "../../../../firmware/connectors/uplink/board-key.ts";
import { fingerprintOf } from "../../../../host/broker/coordinator/board-keys.ts";
import { readStream } from "../../../../host/broker/link-store/read-stream.ts";
import { millis } from "../../../../shared/base/units.ts";
import { encodeLinkMessage } from "../../../../shared/connectors/link/link-codec.ts";
import { MemoryBoard } from "../memory-board.ts";
import { anna, CoordinatorSet } from "../open-coordinator.ts";
import { keepOperation, queuedOperation } from "../open-link-store.ts";

test("a board that is taken in is called, brings its records, and its streams are live", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b", labels: { line: "a" } });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  for (let value = 1; value <= 20; value++) board.sample("speed", value);
  await set.until(async () => (await set.count("b-pump", "speed")) === 20);
  await set.until(() => set.state("b") === "online");
  const view = await set.boards.get("b");
  t.deepEqual(
    view?.link.streams.map(({ id, state, remaining, records }) => [id, state, remaining, records]),
    [
      ["samples", "live", 0, 21],
      ["commands", "live", 0, 0],
    ],
  );
  t.deepEqual(await set.told("board.online", 1), ["board.online b"]);
  await set.until(() => set.registry.get("b")?.version === "1.2.3");
  t.is(set.registry.get("b")?.keyFingerprint, fingerprintOf(board.key?.publicKey ?? new Uint8Array()));
  t.deepEqual((await set.store.get("thing", "b-pump"))?.labels, { line: "a" });
});

test("a board that is not heard of is lost after 30 s and online again when it is; offline is no error", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("b") === "online");
  board.hangUp();
  await set.pass(25_000);
  t.not(set.state("b"), "lost");
  await set.pass(10_000);
  t.is(set.state("b"), "lost");
  t.deepEqual(
    (await set.boards.get("b"))?.link.streams.map(({ state }) => state),
    ["stale", "stale"],
  );
  board.dial();
  await set.until(() => set.state("b") === "online");
  t.deepEqual(await set.told("board.lost", 1), ["board.lost b"]);
  await set.until(async () => (await set.events("board.online")).length === 2);
});

test("an unknown board is listed and asked for nothing; adopted, it is served by the key that it showed", async (t) => {
  await using set = await CoordinatorSet.open();
  const board = await MemoryBoard.boot({ id: "new", transport: set.memory, clock: set.clock });
  board.sample("speed", 1);
  await set.until(() => set.registry.get("new") !== undefined);
  t.is((await set.boards.get("new"))?.link.state, "discovered");
  await set.pass(40_000);
  t.false(board.inSession);
  t.is(await set.store.get("thing", "new"), undefined);
  t.deepEqual(await set.told("board.discovered", 1), ["board.discovered new"]);
  const fingerprint = fingerprintOf(board.key?.publicKey ?? new Uint8Array());
  await t.throwsAsync(set.boards.adopt(anna, "new", { keyFingerprint: `sha256:${"0".repeat(64)}` }), { code: "EDGE_RESOURCE_INVALID" });
  const view = await set.boards.adopt(anna, "new", { name: "New one", keyFingerprint: fingerprint });
  t.deepEqual([view.state, view.keyFingerprint, view.name], ["adopted", fingerprint, "New one"]);
  await set.until(async () => (await set.count("new-pump", "speed")) === 1);
  t.is((await set.store.get("thing", "new"))?.kind, "board");
});

test("a board with another key than the one that is kept gets no session, no command, and an alarm", async (t) => {
  await using set = await CoordinatorSet.open();
  const right = BoardKey.generate();
  await set.boards.create(anna, { id: "b", keyFingerprint: fingerprintOf(right.publicKey) });
  const impostor = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  impostor.sample("speed", 1);
  const cmdSeq = await set.coordinator.nextCommand("b");
  set.coordinator.issue(await keepOperation(set.store, queuedOperation("b", cmdSeq, "op-1")));
  await set.until(async () => (await set.events("board.wrong-key")).length > 0);
  await set.pass(40_000);
  t.is(await set.count("b-pump", "speed"), 0);
  t.deepEqual(impostor.done, []);
  t.not(set.state("b"), "online");
  impostor.hangUp();
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock, key: right });
  await set.until(() => board.done.length === 1);
  await set.until(async () => (await set.store.get("operation", "op-1"))?.state === "succeeded");
  t.deepEqual(impostor.done, []);
});

test("a board without a key is not believed where keys are asked for", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock, key: undefined });
  board.sample("speed", 1);
  await set.pass(60_000);
  t.is(await set.count("b-pump", "speed"), 0);
});

test("commands go out in the order of their numbers, once, over a crash of the board", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("b") === "online");
  const [first, second, third] = [
    await set.coordinator.nextCommand("b"),
    await set.coordinator.nextCommand("b"),
    await set.coordinator.nextCommand("b"),
  ];
  const late = await keepOperation(set.store, queuedOperation("b", second, "op-2"));
  set.coordinator.issue(late);
  await set.pass(500, 100);
  t.deepEqual(board.done, [], "the second waits for the first");
  set.coordinator.issue(await keepOperation(set.store, queuedOperation("b", first, "op-1")));
  await set.until(() => board.done.length === 2);
  t.deepEqual(
    board.done.map(({ opId }) => opId),
    ["op-1", "op-2"],
  );
  await board.crash();
  set.coordinator.issue(await keepOperation(set.store, queuedOperation("b", third, "op-3")));
  await board.boot();
  await set.until(async () => (await set.store.get("operation", "op-3"))?.state === "succeeded");
  t.is(board.done.length, 3);
  t.is((await set.boards.get("b"))?.link.waitingCommands, 0);
});

test("a number that never comes holds others up for two seconds only", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("b") === "online");
  await set.coordinator.nextCommand("b");
  set.coordinator.issue(await keepOperation(set.store, queuedOperation("b", await set.coordinator.nextCommand("b"), "op-2")));
  await set.until(() => board.done.length === 1, 5000);
  t.deepEqual(
    board.done.map(({ opId }) => opId),
    ["op-2"],
  );
});

test("a command that was withdrawn is never carried out", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const operation = await keepOperation(set.store, queuedOperation("b", await set.coordinator.nextCommand("b"), "op-1"));
  set.coordinator.issue(operation);
  const { rev: _rev, createdAt: _created, updatedAt: _updated, ...draft } = operation;
  await set.store.commit({ actor: "user:anna", puts: [{ kind: "operation", id: "op-1", document: { ...draft, state: "cancelled" } }] });
  const cancelled = await set.store.get("operation", "op-1");
  if (cancelled !== undefined) set.coordinator.withdraw(cancelled);
  set.coordinator.issue(await keepOperation(set.store, queuedOperation("b", await set.coordinator.nextCommand("b"), "op-2")));
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => board.done.length === 1);
  await set.pass(15_000);
  t.deepEqual(
    board.done.map(({ opId }) => opId),
    ["op-2"],
  );
});

test("a stream whose reader fails is begun anew and given up after five times; its siblings go on", async (t) => {
  let isBroken = true;
  await using set = await CoordinatorSet.open({
    read: (board, batch) => {
      if (batch.stream === "bad" && isBroken) throw new Error("it cannot be read");
      return readStream(board, batch);
    },
  });
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock, streams: ["samples", "bad", "commands"] });
  board.sample("speed", 1);
  board.sample("flow", 1, { stream: "bad" });
  const stream = (id: string) => set.coordinator.state("b")?.streams.find((one) => one.id === id);
  await set.until(() => stream("bad")?.state === "stale" && set.state("b") === "online");
  board.sample("speed", 2);
  await set.until(async () => (await set.count("b-pump", "speed")) === 2);
  await set.until(() => stream("bad")?.state === "failed");
  t.deepEqual(await set.told("stream.failed", 1), ["stream.failed b"]);
  board.sample("speed", 3);
  await set.until(async () => (await set.count("b-pump", "speed")) === 3);
  t.is(stream("samples")?.state, "live");
  t.is(await set.count("b-pump", "flow"), 0);
  isBroken = false;
  set.coordinator.renew("b");
  await set.until(async () => (await set.count("b-pump", "flow")) === 1);
});

test("a link that fails restarts alone, waits longer each time, and is given up after five failures", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "good" });
  const load = set.links.load.bind(set.links);
  let loads = 0;
  set.links.load = (board) => {
    if (board !== "bad") return load(board);
    loads++;
    return Promise.reject(new Error("no memory of it"));
  };
  await set.boards.create(anna, { id: "bad" });
  const board = await MemoryBoard.boot({ id: "good", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("bad") === "failed");
  t.is(loads, 5);
  t.deepEqual(await set.told("board.failed", 1), ["board.failed bad"]);
  board.sample("speed", 1);
  await set.until(async () => (await set.count("good-pump", "speed")) === 1);
  set.links.load = load;
  await set.boards.patch(anna, "bad", { name: "Mended" }, {});
  await set.until(() => set.state("bad") === "connecting");
  t.is((await set.boards.get("bad"))?.name, "Mended");
});

test("after an outage a stream is recovering with what remains, then live", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("b") === "online");
  board.hangUp();
  for (let value = 0; value < 4000; value++) board.sample("speed", value);
  await set.pass(60_000);
  const seen = new Set<string>();
  board.dial();
  const look = async (): Promise<boolean> => {
    for (const { id, state, remaining, lag = 0 } of set.coordinator.state("b")?.streams ?? [])
      if (id === "samples" && set.state("b") === "online") seen.add(`${state} ${remaining > 0 && lag > 0 ? "behind" : "at the end"}`);
    return (await set.count("b-pump", "speed")) === 4000;
  };
  await set.until(look, 120_000, 5);
  await set.until(async () => (await look()) && seen.has("live at the end"));
  t.true(seen.has("recovering behind"), [...seen].join());
  t.false(seen.has("live behind"), [...seen].join());
});

test("two gateways at once: the older one keeps away from the board and says so", async (t) => {
  await using older = await CoordinatorSet.open();
  await older.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: older.memory, clock: older.clock });
  await older.until(() => older.state("b") === "online");
  // The newer gateway, of a higher epoch, says hello over the same broker.
  const hello = encodeLinkMessage({ kind: "hello", epoch: 4_000_000_000, call: 1, board: "b", challenge: "0".repeat(32) });
  older.memory.send("b", hello);
  await older.until(() => older.state("b") === "fenced");
  t.deepEqual(await older.told("board.fenced", 1), ["board.fenced b"]);
  board.sample("speed", 1);
  await older.pass(60_000);
  t.is(older.state("b"), "fenced");
  t.is(await older.count("b-pump", "speed"), 0);
});

test("clocks that jump neither lose a board nor a record, nor stop newest values", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  const shown: unknown[] = [];
  set.feed.onValues((values) => shown.push(...values.map(({ value }) => value)));
  board.sample("speed", 1);
  await set.until(async () => (await set.count("b-pump", "speed")) === 1);
  set.clock.jumpWall(millis(-3_600_000));
  board.sample("speed", 2);
  await set.until(async () => (await set.count("b-pump", "speed")) === 2);
  set.clock.jumpWall(millis(7_200_000));
  board.sample("speed", 3);
  await set.until(async () => (await set.count("b-pump", "speed")) === 3);
  await set.pass(5000);
  t.is(set.state("b"), "online");
  t.deepEqual(await set.events("board.lost"), []);
  t.deepEqual(shown, [1, 2, 3]);
  t.is(set.feed.latest("b-pump", "speed")?.value, 3);
});

test("two boards that use one id are an alarm", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const key = BoardKey.generate();
  const first = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock, key });
  await set.until(() => set.state("b") === "online");
  const boot = (bootId: string) => encodeLinkMessage({ kind: "announce", board: "b", bootId, online: true });
  await set.pass(20_000);
  t.deepEqual(await set.events("board.duplicate-id"), []);
  // Another one says that it is here, and the first one answers.
  first.say(boot("1".repeat(32)));
  await set.until(async () => (await set.events("board.duplicate-id")).length === 1);
  first.say(boot("2".repeat(32)));
  await set.pass(20_000);
  t.is((await set.events("board.duplicate-id")).length, 1, "told once in ten minutes");
});

test("while the broker is not reached no board is lost; that is told instead", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  await set.until(() => set.state("b") === "online");
  set.memory.connected = false;
  await set.pass(60_000);
  t.is(set.state("b"), "connecting");
  t.deepEqual(await set.events("board.lost"), []);
  t.deepEqual(await set.told("broker.lost", 1), ["broker.lost broker"]);
  set.memory.connected = true;
  await set.until(() => set.state("b") === "online");
  t.deepEqual(await set.told("broker.reached", 1), ["broker.reached broker"]);
});

test("a board that is switched off is asked for nothing, and its history stays when it is removed", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "b" });
  const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock: set.clock });
  board.sample("speed", 1);
  await set.until(async () => (await set.count("b-pump", "speed")) === 1);
  await set.boards.patch(anna, "b", { enabled: false }, {});
  t.is(set.state("b"), "disabled");
  board.sample("speed", 2);
  await set.pass(40_000);
  t.is(await set.count("b-pump", "speed"), 1);
  await set.boards.patch(anna, "b", { enabled: true }, {});
  await set.until(async () => (await set.count("b-pump", "speed")) === 2);
  await set.boards.remove(anna, "b", {});
  t.is(await set.boards.get("b"), undefined);
  t.is(await set.count("b-pump", "speed"), 2);
});
