import test from "ava";
import { FairQueue } from "../../../../host/broker/transport/fair-queue.ts";

function open(bounds: { mostMessages?: number; mostBytes?: number; mostBoards?: number; turn?: number } = {}) {
  const delivered: string[] = [];
  const turns: (() => void)[] = [];
  const queue = new FairQueue({
    deliver: (board, payload) => void delivered.push(`${board}${payload[0] ?? ""}`),
    soon: (work) => void turns.push(work),
    mostMessages: 100,
    mostBytes: 1000,
    mostBoards: 10,
    turn: 3,
    ...bounds,
  });
  const run = (): void => turns.splice(0).forEach((work) => void work());
  return { queue, delivered, run };
}

test("a flood of one board makes no other wait longer than a turn", (t) => {
  const { queue, delivered, run } = open();
  for (let at = 0; at < 50; at++) queue.put("a", Uint8Array.of(at));
  queue.put("b", Uint8Array.of(1));
  run();
  t.deepEqual(delivered, ["a0", "b1", "a1"]);
});

test("messages of one board keep their order over many turns", (t) => {
  const { queue, delivered, run } = open({ mostMessages: 5000, mostBytes: 50_000, turn: 64 });
  for (let at = 0; at < 1500; at++) queue.put("a", Uint8Array.of(at % 256));
  while (queue.size > 0) run();
  t.deepEqual(
    delivered,
    Array.from({ length: 1500 }, (_, at) => `a${at % 256}`),
  );
});

test("beyond its bounds a board's messages are dropped and counted; others are not touched", (t) => {
  const { queue } = open({ mostMessages: 2, mostBytes: 10, mostBoards: 2 });
  for (let at = 0; at < 5; at++) queue.put("a", Uint8Array.of(at));
  queue.put("b", new Uint8Array(10));
  queue.put("b", new Uint8Array(1));
  queue.put("c", Uint8Array.of(1));
  t.deepEqual([queue.size, queue.dropped], [3, 5]);
});

test("one message that is larger than the bound goes alone rather than never", (t) => {
  const { queue, run, delivered } = open({ mostBytes: 10 });
  queue.put("a", new Uint8Array(20));
  run();
  t.is(delivered.length, 1);
});

test("what is put while another is delivered is delivered, too; after close nothing is", (t) => {
  const turns: (() => void)[] = [];
  const delivered: number[] = [];
  const queue = new FairQueue({
    deliver: (_board, [first = 0]) => {
      delivered.push(first);
      if (first < 3) queue.put("a", Uint8Array.of(first + 1));
    },
    soon: (work) => void turns.push(work),
    mostMessages: 10,
    mostBytes: 100,
    mostBoards: 10,
    turn: 10,
  });
  queue.put("a", Uint8Array.of(0));
  for (let work = turns.shift(); work !== undefined; work = turns.shift()) work();
  t.deepEqual(delivered, [0, 1, 2, 3]);
  queue.put("a", Uint8Array.of(0));
  queue.close();
  for (let work = turns.shift(); work !== undefined; work = turns.shift()) work();
  t.is(delivered.length, 4);
});
