import test from "ava";
import { TransferSlots, threadPoolSize } from "../../../../firmware/acquisition/i2c/transfer-slots.ts";
import { settle } from "../../../harness/fake-clock.ts";

test("the pool has four threads unless the environment says otherwise", (t) => {
  t.deepEqual([undefined, "", "many", "0", "1", "8", "9999"].map(threadPoolSize), [4, 4, 4, 1, 1, 8, 1024]);
});

test("one thread is always left, in a pool of one none can be", (t) => {
  t.deepEqual(
    [1, 2, 4, 8].map((threads) => new TransferSlots(threads).bound),
    [1, 1, 3, 7],
  );
});

test("slots go in the order of asking; a probe does not take the last one, and nobody waits behind it", async (t) => {
  const slots = new TransferSlots(3);
  const granted: string[] = [];
  const take = (name: string, probe: boolean): void => {
    void slots.take(probe).then(() => granted.push(name));
  };
  take("a", false);
  take("probe 1", true);
  take("b", false);
  take("c", false);
  await settle();
  t.deepEqual(granted, ["a", "b"]);
  slots.give();
  await settle();
  t.deepEqual(granted, ["a", "b", "c"]);
  slots.give();
  await settle();
  t.deepEqual(granted, ["a", "b", "c"]);
  slots.give();
  await settle();
  t.deepEqual(granted, ["a", "b", "c", "probe 1"]);
  t.is(slots.taken, 1);
});
