import test from "ava";
import { seededRandom } from "../../../simulation/seeded-random.ts";
import { MemoryBoard } from "../memory-board.ts";
import { anna, CoordinatorSet } from "../open-coordinator.ts";
import { keepOperation, queuedOperation } from "../open-link-store.ts";

const histories = 12;
const steps = 40;

/** One board with its gateway on a real store, over a way that loses, repeats and reorders, both of which end again and again. */
async function play(seed: number): Promise<string | undefined> {
  const random = seededRandom(seed);
  let set = await CoordinatorSet.open();
  const { store, clock, directory, memory } = set;
  const first = set;
  await set.boards.create(anna, { id: "b" });
  const faults = { random, loss: random() * 0.15, twice: random() * 0.15, delay: 1 + random() * 300 };
  const board = await MemoryBoard.boot({ id: "b", transport: memory, clock, faults });
  const durable = new Set<number>();
  let value = 0;
  let commands = 0;
  let cursor = 0;
  const waiting: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const chance = random();
      if (chance < 0.6) {
        for (let count = 1 + Math.floor(random() * 6); count > 0; count--) {
          board.sample("speed", ++value);
          waiting.push(value);
        }
        await board.journal.flush();
        for (const one of waiting.splice(0)) durable.add(one);
      } else if (chance < 0.7) {
        const cmdSeq = await set.coordinator.nextCommand("b");
        commands++;
        set.coordinator.issue(await keepOperation(store, queuedOperation("b", cmdSeq, `op-${commands}`)));
      } else if (chance < 0.8) {
        await board.crash();
        await board.boot();
      } else if (chance < 0.9) {
        await set.close();
        memory.reopen();
        set = await CoordinatorSet.open({ store, clock, directory, transport: memory });
      } else board.hangUp();
      await set.pass(random() * 3000);
      if (!board.inSession && random() < 0.5) board.dial();
      const now = (await store.cursors("b")).get("samples")?.seq ?? 0;
      if (now < cursor) return `seed ${seed}: the cursor went back from ${cursor} to ${now}`;
      cursor = now;
    }
    board.dial();
    const isSettled = async (): Promise<boolean> => {
      for (let op = 1; op <= commands; op++) if ((await store.get("operation", `op-${op}`))?.state !== "succeeded") return false;
      return (await set.count("b-pump", "speed")) >= durable.size;
    };
    await set.until(isSettled, 300_000, 1000);
    const query = { thing: "b-pump", feature: "speed", from: 0, to: 9e12, limit: 100_000 };
    const values = (await store.history.readings(query, new AbortController().signal)).map((reading) => reading.value);
    if (values.length !== new Set(values).size) return `seed ${seed}: a record is kept twice`;
    for (const one of durable) if (!values.includes(one)) return `seed ${seed}: reading ${one} is lost`;
    const done = board.done.map(({ opId }) => opId);
    if (done.length !== commands || new Set(done).size !== commands)
      return `seed ${seed}: of ${commands} commands these were carried out: ${done}`;
    return undefined;
  } finally {
    if (set !== first) await set[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
  }
}

test("over a faulty way, with crashes on both ends, each record and each command is there once", async (t) => {
  t.timeout(180_000);
  for (let seed = 1; seed <= histories; seed++) t.is(await play(seed), undefined);
});
