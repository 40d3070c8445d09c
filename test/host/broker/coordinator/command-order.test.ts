import test from "ava";
import fc from "fast-check";
import { CommandOrder } from "../../../../host/broker/coordinator/command-order.ts";
import { instant } from "../../../../shared/base/units.ts";
import type { LinkCommand } from "../../../../shared/connectors/ports.ts";

const command = (cmdSeq: number): LinkCommand => ({
  cmdSeq,
  opId: `op-${cmdSeq}`,
  thing: "t",
  feature: "f",
  value: 1,
  who: "anna",
  expiresAt: instant(0),
});

test("whatever the order in which commands are kept, they go out in the order of their numbers", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 }), (arrival) => {
        const order = new CommandOrder();
        for (let cmdSeq = 1; cmdSeq <= 8; cmdSeq++) order.gave(cmdSeq);
        const out = arrival.flatMap((cmdSeq) => order.came(command(cmdSeq)).map((one) => one.cmdSeq));
        return out.every((cmdSeq, at) => cmdSeq === at + 1) && out.length === 8 && !order.waits;
      }),
    ),
  );
});

test("one that never comes is given up for those that wait, and no further", (t) => {
  const order = new CommandOrder();
  for (const cmdSeq of [1, 2, 3]) order.gave(cmdSeq);
  t.deepEqual(order.came(command(2)), []);
  t.deepEqual(
    order.giveUp().map(({ cmdSeq }) => cmdSeq),
    [2],
  );
  t.deepEqual(
    order.came(command(3)).map(({ cmdSeq }) => cmdSeq),
    [3],
  );
});

test("a command whose number was given by an earlier start goes at once", (t) => {
  t.is(new CommandOrder().came(command(9)).length, 1);
});
