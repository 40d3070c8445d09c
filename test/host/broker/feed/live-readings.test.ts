import test from "ava";
import fc from "fast-check";
import { LiveReadings } from "../../../../host/broker/feed/live-readings.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { Reading } from "../../../../shared/twin/documents/reading.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

const reading = (value: number, seq: number, received = seq, feature = "x"): Reading => ({
  thing: "t",
  feature,
  value,
  quality: "good",
  source: received,
  received,
  term: 1,
  seq,
});
const payload = (value: number, received: number): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ value, quality: "good", source: received, received }));

function open(mostPoints?: number) {
  const clock = new FakeClock();
  const kept = reading(99, 1, 1, "kept");
  const history = { latest: (_thing: string, feature: string) => (feature === "kept" ? kept : undefined) };
  const feed = new LiveReadings({ history, clock, ...(mostPoints !== undefined && { mostPoints }) });
  const given: unknown[] = [];
  feed.onValues((values) => void given.push(...values.map(({ value }) => value)));
  return { feed, clock, given };
}

test("values that come together are given together, the newest of each point only", async (t) => {
  const { feed, clock, given } = open();
  feed.kept("b", "s", [reading(1, 1), reading(2, 2), reading(3, 3)]);
  feed.ahead("b", "s", reading(4, 4));
  t.deepEqual(given, []);
  await clock.advance(millis(5));
  t.deepEqual(given, [4]);
  t.is(feed.replaced, 3);
});

test("a record behind what was given ahead of it changes nothing", async (t) => {
  const { feed, clock, given } = open();
  feed.ahead("b", "s", reading(9, 9));
  feed.kept("b", "s", [reading(8, 8), reading(9, 9)]);
  await clock.advance(millis(5));
  t.deepEqual([given, feed.latest("t", "x")?.value, feed.older], [[9], 9, 2]);
});

test("a data topic is as new as can be, also when the clock went back; old records do not come after it", async (t) => {
  const { feed, clock, given } = open();
  feed.data("t", "x", payload(1, 1000));
  feed.data("t", "x", payload(2, 400));
  feed.kept("b", "s", [reading(0, 1, 300)]);
  t.is(feed.latest("t", "x")?.value, 2);
  feed.kept("b", "s", [reading(3, 2, 500)]);
  await clock.advance(millis(5));
  t.deepEqual(given, [3]);
});

test("records of a stream are in order by place, whatever their clock says", (t) => {
  const { feed } = open();
  feed.kept("b", "s", [reading(1, 1, 5000), reading(2, 2, 100)]);
  t.is(feed.latest("t", "x")?.value, 2);
});

test("where nothing came yet, what is kept is given", (t) => {
  const { feed } = open();
  t.is(feed.latest("t", "kept")?.value, 99);
  t.is(feed.latest("t", "none"), undefined);
});

test("points beyond the bound and payloads that are no samples are counted", (t) => {
  const { feed } = open(1);
  feed.data("t", "x", payload(1, 1));
  feed.data("t", "y", payload(1, 1));
  feed.data("t", "x", new TextEncoder().encode("no"));
  t.deepEqual([feed.dropped, feed.invalid], [1, 1]);
  feed.gone("t");
  feed.data("t", "y", payload(1, 1));
  t.is(feed.latest("t", "y")?.value, 1);
});

test("whatever the order in which places arrive, what is shown never goes back", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 50 }), fc.boolean()), { maxLength: 60 }), (steps) => {
        const { feed } = open();
        let newest = -1;
        for (const [seq, isAhead] of steps) {
          const one = reading(seq, seq + 1);
          if (isAhead) feed.ahead("b", "s", one);
          else feed.kept("b", "s", [one]);
          newest = Math.max(newest, seq);
          if (feed.latest("t", "x")?.value !== newest) return false;
        }
        return true;
      }),
      { numRuns: 200 },
    ),
  );
});
