import test from "ava";
import fc from "fast-check";
import { ByteReader } from "../../../../host/twin/history/byte-reader.ts";
import { HistoryKeys, hourOfPoint } from "../../../../host/twin/history/history-keys.ts";
import { hourOf, orderedEdge, orderedTime } from "../../../../host/twin/history/history-time.ts";

const keys = new HistoryKeys(Uint8Array.of(0x21, 0x72));
const time = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger(), fc.double()).map(orderedTime);
const place = fc.tuple(
  fc.constantFrom(1, 2, 255, 256, 2 ** 26 - 1),
  time,
  fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat()),
);

test("the order of keys is that of point, source time, term and sequence number, and the key says them again", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [key, other] = [keys.reading(...a), keys.reading(...b)];
        const order = a.map((part, index) => Math.sign(part - (b[index] ?? 0))).find((sign) => sign !== 0) ?? 0;
        const reader = new ByteReader().open(key, keys.placeAt);
        t.deepEqual([keys.idOf(key), keys.timeOf(key), reader.ordered(), reader.ordered()], a);
        t.is<number, number>(Buffer.compare(key, other), order);
      }),
      { numRuns: 1000, includeErrorInReport: true },
    ),
  );
});

test("a span takes in its begin and leaves out its end", (t) => {
  const { gte, lt } = keys.span("reading", 7, -10, 20);
  const within = (source: number): boolean => {
    const key = keys.reading(7, source, 0, 0);
    return Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0;
  };
  t.deepEqual([-11, -10, 19, 20].map(within), [false, true, true, false]);
});

test("keys of every kind stay under the prefix, each kind for itself", (t) => {
  const all = [keys.point(1), keys.removed(1), keys.state(1), keys.counters(), keys.hour("mark", 1, 0), keys.hour("hours", 1, 0)];
  const more = [...all, keys.hour("minutes", 1, 0), keys.reading(1, 0, 0, 0)];
  t.deepEqual(
    more.map((key) => key[2]),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  t.true(more.every((key) => key[0] === 0x21 && key[1] === 0x72));
});

test("hours of points have numbers of their own, however far away they are", (t) => {
  const seen = new Set<number>();
  const hours = [-1e300, -3_600_000, 0, 3_600_000, 1e300].map((far) => hourOf(orderedTime(far)));
  for (const id of [1, 2, 2 ** 26 - 1]) for (const begin of hours) seen.add(hourOfPoint(id, begin));
  t.is(seen.size, 15);
  t.true([...seen].every(Number.isSafeInteger));
});

test("times are put in order as whole milliseconds, edges so that nothing before them is taken in", (t) => {
  t.deepEqual([1.5, -1.5, Number.NaN].map(orderedTime), [1, -2, 0]);
  t.deepEqual([1.5, -1.5, Number.NaN].map(orderedEdge), [2, -1, 0]);
  t.true(orderedTime(Number.POSITIVE_INFINITY) < orderedEdge(Number.POSITIVE_INFINITY));
});
