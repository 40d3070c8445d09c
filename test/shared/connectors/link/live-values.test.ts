import test from "ava";
import { instant } from "../../../../shared/base/units.ts";
import type { LiveValue } from "../../../../shared/connectors/link/link-message.ts";
import { LiveValues } from "../../../../shared/connectors/link/live-values.ts";

const value = (key: string, seq: number, size = 10): LiveValue => ({
  stream: "samples",
  key,
  at: { term: 1, seq },
  time: instant(seq),
  payload: new Uint8Array(size),
});

test("a newer value takes the place of an older one of the same point", (t) => {
  const values = new LiveValues({ values: 10, bytes: 10_000 });
  values.put(value("a", 1));
  values.put(value("b", 2));
  values.put(value("a", 3));
  t.deepEqual(
    values.take({ bytes: 10_000, values: 100 }).map(({ key, at }) => [key, at.seq]),
    [
      ["a", 3],
      ["b", 2],
    ],
  );
  t.deepEqual([values.replaced, values.dropped, values.size], [1, 0, 0]);
});

test("beyond its bounds the values that wait longest give way, and are counted", (t) => {
  const values = new LiveValues({ values: 2, bytes: 10_000 });
  for (const [index, key] of ["a", "b", "c"].entries()) values.put(value(key, index));
  t.deepEqual(
    values.take({ bytes: 10_000, values: 100 }).map(({ key }) => key),
    ["b", "c"],
  );
  t.is(values.dropped, 1);
  const tight = new LiveValues({ values: 100, bytes: 500 });
  for (let index = 0; index < 20; index++) tight.put(value(`k${index}`, index, 100));
  t.true(tight.size <= 3 && tight.dropped >= 17);
});

test("one message takes as many as fit, and at least one", (t) => {
  const values = new LiveValues({ values: 100, bytes: 100_000 });
  for (let index = 0; index < 5; index++) values.put(value(`k${index}`, index, 1000));
  t.is(values.take({ bytes: 2500, values: 100 }).length, 2);
  t.is(values.take({ bytes: 1, values: 100 }).length, 1);
  t.is(values.size, 2);
});

test("what need not be sent any more is forgotten, and so many go as may", (t) => {
  const values = new LiveValues({ values: 100, bytes: 100_000 });
  for (let index = 0; index < 5; index++) values.put(value(`k${index}`, index));
  values.drop(({ at }) => at.seq < 2);
  t.deepEqual(
    values.take({ bytes: 10_000, values: 2 }).map(({ key }) => key),
    ["k2", "k3"],
  );
  t.deepEqual(values.take({ bytes: 10_000, values: 0 }), []);
  t.deepEqual([values.size, values.dropped], [1, 0]);
});
