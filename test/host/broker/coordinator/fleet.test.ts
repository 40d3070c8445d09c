import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { millis } from "../../../../shared/base/units.ts";
import { AppendBoard } from "../../../bench/append-board.ts";
import { MemoryBoard } from "../memory-board.ts";
import { anna, CoordinatorSet } from "../open-coordinator.ts";

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `board-${String(at).padStart(4, "0")}`);

test("20 of 50 boards die and come back: the others never notice, and every record of all is there once", async (t) => {
  t.timeout(120_000);
  await using set = await CoordinatorSet.open();
  const boards: MemoryBoard[] = [];
  for (const id of ids(50)) {
    await set.boards.create(anna, { id });
    boards.push(await MemoryBoard.boot({ id, transport: set.memory, clock: set.clock }));
  }
  const dying = boards.slice(0, 20);
  const living = boards.slice(20);
  const sampled = new Map(boards.map(({ id }) => [id, 0]));
  const sample = (board: MemoryBoard): void => {
    const value = (sampled.get(board.id) ?? 0) + 1;
    sampled.set(board.id, value);
    board.sample("speed", value);
  };
  await set.until(() => boards.every(({ id }) => set.state(id) === "online"));
  const shown = new Map<string, string>();
  for (const { id } of living) shown.set(id, "online");
  set.coordinator.onState((id, { state }) => void (shown.has(id) && shown.set(id, `${shown.get(id)} ${state}`)));
  for (const board of boards) sample(board);
  await set.pass(2000);
  for (const board of dying) {
    await board.journal.flush();
    await board.crash();
  }
  for (let second = 0; second < 40; second++) {
    for (const board of living) sample(board);
    await set.pass(1000, 500);
  }
  t.true(dying.every(({ id }) => set.state(id) === "lost"));
  t.true(living.every(({ id }) => set.state(id) === "online" && !(shown.get(id) ?? "").includes("connecting")));
  for (const board of dying) {
    await board.boot();
    sample(board);
  }
  const isComplete = async (): Promise<boolean> => {
    for (const { id } of boards) if ((await set.count(`${id}-pump`, "speed")) !== sampled.get(id)) return false;
    return true;
  };
  await set.until(isComplete);
  await set.until(() => boards.every(({ id }) => set.state(id) === "online"));
  t.is((await set.told("board.lost", 20)).length, 20);
  for (const { id } of boards) {
    const query = { thing: `${id}-pump`, feature: "speed", from: 0, to: 9e12, limit: 1000 };
    const values = (await set.store.history.readings(query, new AbortController().signal)).map(({ value }) => value);
    t.is(new Set(values).size, values.length, `${id} has a record twice`);
  }
});

test("2,000 boards: memory grows by a little for each, and stopping is prompt", async (t) => {
  t.timeout(120_000);
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const heap = (): number => {
    if (typeof collect === "function") collect();
    return process.memoryUsage().heapUsed;
  };
  const set = await CoordinatorSet.open({ proves: false });
  const join = async (some: readonly string[]): Promise<void> => {
    for (const id of some) {
      await set.registry.create(anna, { id });
      const board = new AppendBoard({ id, streams: 4, records: 1, appends: 1 });
      const peer = set.memory.join(id, (payload) => board.receive(payload));
      board.join((payload) => peer.send(payload));
    }
    await set.until(() => some.every((id) => set.state(id) === "online"));
  };
  const all = ids(2000);
  await join(all.slice(0, 1000));
  const half = heap();
  await join(all.slice(1000));
  const each = (heap() - half) / 1000;
  t.log(`${Math.round(each)} bytes a board`);
  t.true(each < 60_000, `${Math.round(each)} bytes a board`);
  await set.until(() => set.links.records === 8000);
  const begun = performance.now();
  await set.close();
  t.true(performance.now() - begun < 2000);
  await set.store.close();
  await set.clock.advance(millis(1));
  t.is(set.clock.armed, 0, "no timer is left");
  await set[Symbol.asyncDispose]();
});
