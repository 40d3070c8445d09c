import test from "ava";
import { StoreGate } from "../../../../host/twin/store/store-gate.ts";
import { settle } from "../../../harness/fake-clock.ts";

test("work waits for readers that are inside, and readers for work", async (t) => {
  const gate = new StoreGate();
  const told: string[] = [];
  let leave = (): void => {};
  const inside = gate.pass(() => new Promise<void>((resolve) => (leave = resolve))).then(() => told.push("first reader"));
  const work = gate
    .closedFor(async () => {
      told.push("work");
    })
    .then(() => told.push("open"));
  const waiting = gate.pass(async () => told.push("second reader"));
  await settle();
  t.deepEqual(told, []);
  leave();
  await Promise.all([inside, work, waiting]);
  t.deepEqual(told.toSorted(), ["first reader", "open", "second reader", "work"]);
  t.true(told.indexOf("work") < told.indexOf("second reader"));
});

test("readers pass after work that failed", async (t) => {
  const gate = new StoreGate();
  await t.throwsAsync(
    gate.closedFor(() => Promise.reject(new Error("no"))),
    { message: "no" },
  );
  t.is(await gate.pass(() => Promise.resolve(5)), 5);
});
