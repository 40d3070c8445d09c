import test from "ava";
import { FailureTable } from "../../../../host/console/access/failure-table.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

const minute = 60_000;
const open = (most = 100) => {
  const clock = new FakeClock();
  return { clock, table: new FailureTable({ clock, free: 3, most }) };
};

test("failures are free until there are so many, then each costs twice the one before, up to an hour", (t) => {
  const { table } = open();
  t.deepEqual(
    Array.from({ length: 10 }, () => table.add("a") / minute),
    [0, 0, 1, 2, 4, 8, 16, 32, 60, 60],
  );
  t.is(table.wait("a"), millis(60 * minute));
  t.is(table.wait("b"), millis(0));
});

test("what was counted ahead is taken back, and failures are forgotten a day after the last", async (t) => {
  const { clock, table } = open();
  for (let count = 0; count < 3; count++) table.add("a");
  table.takeBack("a");
  t.deepEqual([table.wait("a"), table.count("a")], [0, 2]);
  table.takeBack("a");
  table.takeBack("a");
  t.is(table.size, 0);
  table.takeBack("nobody");
  for (let count = 0; count < 4; count++) table.add("b");
  await clock.advance(millis(24 * 60 * minute + 1));
  t.is(table.add("b"), millis(0));
  t.is(table.count("b"), 1);
});

test("a flood of keys pushes out the oldest and no more", (t) => {
  const { table } = open(50);
  for (let at = 0; at < 500; at++) table.add(`k${at}`);
  t.is(table.size, 50);
  t.deepEqual([table.count("k449"), table.count("k450")], [0, 1]);
});

test("what was kept over a restart goes on, for an hour at most", (t) => {
  const { table } = open();
  table.restore("a", 7, millis(10 * 365 * 24 * 60 * minute));
  t.deepEqual([table.count("a"), table.wait("a")], [7, 60 * minute]);
});
