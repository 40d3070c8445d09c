import type { TestFn } from "ava";
import fc from "fast-check";
import type { LinkBatch, LinkStore } from "../../../../shared/connectors/ports.ts";
import { beginning, type Cursor, compareCursors } from "../../../../shared/pipeline/cursor.ts";
import { batchOf, bootId, origin, samples, streamBatch } from "./link-batches.ts";

/** A store that can be closed and opened again with what it kept. */
export interface OpenedLinkStore {
  readonly store: LinkStore;
  /** Keeps a command that waits to be sent. */
  order(board: string, cmdSeq: number, opId: string): Promise<void>;
  reopen(): Promise<OpenedLinkStore>;
  close(): Promise<void>;
}

const point = { thing: "pump", feature: "speed" };

/** What every store of what boards send has to do. */
export function linkStoreContract(test: TestFn, name: string, open: () => Promise<OpenedLinkStore>): void {
  const title = (text: string): string => `${name}: ${text}`;

  test(title("a board that nothing is known of begins at the beginning"), async (t) => {
    const opened = await open();
    const { cursors, boots, origin: life, commands } = await opened.store.load("new");
    t.deepEqual([cursors.size, boots.size, life, commands.length], [0, 0, undefined, 0]);
    await opened.close();
  });

  test(title("what was applied is there after a restart"), async (t) => {
    const opened = await open();
    await opened.store.apply("b", { streams: [], boot: { term: 1, bootId }, origin, ended: [] });
    await opened.store.apply("b", batchOf([samples("s", point, 3), samples("q", point, 2)]));
    const again = await opened.reopen();
    const { cursors, boots, origin: life } = await again.store.load("b");
    t.deepEqual([...cursors].sort(), [
      ["q", { term: 1, seq: 2 }],
      ["s", { term: 1, seq: 3 }],
    ]);
    t.deepEqual([boots.get(1), life], [bootId, origin]);
    t.true(again.store.epoch >= opened.store.epoch);
    await again.close();
  });

  test(title("a batch that does not begin where its stream stands is refused whole"), async (t) => {
    const opened = await open();
    await opened.store.apply("b", batchOf([samples("s", point, 3)]));
    const wrong = batchOf([samples("q", point, 2), samples("s", point, 2, { term: 1, seq: 1 })]);
    await t.throwsAsync(opened.store.apply("b", wrong));
    const { cursors } = await opened.store.load("b");
    t.deepEqual(cursors.get("s"), { term: 1, seq: 3 });
    t.is(cursors.get("q"), undefined);
    await opened.close();
  });

  test(title("boards have nothing to do with each other"), async (t) => {
    const opened = await open();
    await opened.store.apply("a", batchOf([samples("s", { thing: "a1", feature: "x" }, 3)]));
    await opened.store.apply("b", batchOf([samples("s", { thing: "b1", feature: "x" }, 1)]));
    t.deepEqual((await opened.store.load("a")).cursors.get("s"), { term: 1, seq: 3 });
    t.deepEqual((await opened.store.load("b")).cursors.get("s"), { term: 1, seq: 1 });
    await opened.close();
  });

  test(title("a stream may move on without a record"), async (t) => {
    const opened = await open();
    await opened.store.apply("b", batchOf([{ ...streamBatch("s", []), cursor: { term: 2, seq: 9 } }]));
    t.deepEqual((await opened.store.load("b")).cursors.get("s"), { term: 2, seq: 9 });
    await opened.close();
  });

  test(title("a command waits, is marked, and is gone when it ended, once"), async (t) => {
    const opened = await open();
    await opened.order("b", 1, "op-1");
    await opened.order("b", 2, "op-2");
    const before = (await opened.store.load("b")).commands;
    t.deepEqual(
      before.map(({ command, sentTo }) => [command.cmdSeq, command.opId, sentTo]),
      [
        [1, "op-1", undefined],
        [2, "op-2", undefined],
      ],
    );
    await opened.store.markSent("b", [1], origin);
    const again = await opened.reopen();
    t.deepEqual(
      (await again.store.load("b")).commands.map(({ command, sentTo }) => [command.cmdSeq, sentTo]),
      [
        [1, origin],
        [2, undefined],
      ],
    );
    await again.store.apply("b", batchOf([samples("s", point, 1)], [{ cmdSeq: 1, opId: "op-1", outcome: "done" }]));
    await again.store.apply("b", batchOf([], [{ cmdSeq: 1, opId: "op-1", outcome: "failed" }]));
    t.deepEqual(
      (await again.store.load("b")).commands.map(({ command }) => command.cmdSeq),
      [2],
    );
    await again.close();
  });

  test(title("any history of batches leaves the cursors where the last ones taken left them"), async (t) => {
    const step = fc.record({
      board: fc.constantFrom("a", "b"),
      stream: fc.constantFrom("s", "q"),
      count: fc.nat({ max: 4 }),
      off: fc.nat({ max: 9 }),
    });
    await t.notThrowsAsync(
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          const opened = await open();
          const model = new Map<string, Cursor>();
          for (const { board, stream, count, off } of steps) {
            const key = `${board}/${stream}`;
            const stands = model.get(key) ?? beginning;
            const prev = off === 0 ? { term: stands.term, seq: stands.seq + 1 } : stands;
            const batch: LinkBatch = batchOf([samples(stream, { thing: board, feature: "x" }, count, prev)]);
            const kept = await opened.store.apply(board, batch).then(
              () => true,
              () => false,
            );
            if (kept !== (off !== 0))
              throw new Error(`${key} at ${JSON.stringify(stands)}: a batch from ${JSON.stringify(prev)} was ${kept ? "kept" : "refused"}`);
            const cursor = batch.streams[0]?.cursor ?? stands;
            if (kept) model.set(key, cursor);
          }
          for (const [key, cursor] of model) {
            const [board = "", stream = ""] = key.split("/");
            const kept = (await opened.store.load(board)).cursors.get(stream) ?? beginning;
            if (compareCursors(kept, cursor) !== 0)
              throw new Error(`${key} stands at ${JSON.stringify(kept)}, not ${JSON.stringify(cursor)}`);
          }
          await opened.close();
        }),
        { numRuns: 25 },
      ),
    );
  });
}
