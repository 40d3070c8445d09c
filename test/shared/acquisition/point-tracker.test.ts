import test from "ava";
import fc from "fast-check";
import { PointTracker } from "../../../shared/acquisition/point-tracker.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { instant } from "../../../shared/base/units.ts";

const tracker = () => new PointTracker("pump", "level", instant(0));

test("a measured value is good, with the time of the answer as both of its times", (t) => {
  t.deepEqual(tracker().measured(2.5, instant(10)), {
    thing: "pump",
    feature: "level",
    value: 2.5,
    quality: "good",
    source: instant(10),
    received: instant(10),
  });
});

test("a missed answer makes a good value uncertain and keeps its value and source time", (t) => {
  const point = tracker();
  point.measured(2.5, instant(10));
  t.deepEqual(point.missed("no reply", instant(20)), {
    thing: "pump",
    feature: "level",
    value: 2.5,
    quality: "uncertain",
    source: instant(10),
    received: instant(20),
    reason: "no reply",
  });
  t.is(point.missed("no reply", instant(30)), undefined);
});

test("too long without an answer makes a value stale, once", (t) => {
  const point = tracker();
  point.measured(2.5, instant(10));
  point.missed("no reply", instant(20));
  const sample = point.expired("no reply", instant(40));
  t.is(sample?.quality, "stale");
  t.is(sample?.value, 2.5);
  t.is(sample?.source, instant(10));
  t.is(point.expired("no reply", instant(50)), undefined);
});

test("a device that says there is no such value leaves no value behind", (t) => {
  const point = tracker();
  point.measured(2.5, instant(10));
  const sample = point.denied("illegal data address", instant(20));
  t.is(sample.quality, "bad");
  t.is(sample.value, null);
});

test("bytes that are no value are bad, not a number", (t) => {
  const sample = tracker().measured(undefined, instant(10));
  t.is(sample.quality, "bad");
  t.is(sample.value, null);
});

test("what an earlier run had measured is taken up as stale", (t) => {
  const point = tracker();
  point.resume(7, instant(5));
  const sample = point.unread("not read yet", instant(100));
  t.like(sample, { value: 7, quality: "stale", source: instant(5), received: instant(100) });
  t.is(point.missed("no reply", instant(110)), undefined);
});

test("only a measurement makes a value good, whatever else happens", (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("measured" as const), value: fc.option(fc.double({ noNaN: true }), { nil: undefined }) }),
    fc.record({ kind: fc.constantFrom("missed" as const, "expired" as const, "denied" as const), value: fc.constant(undefined) }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const point = tracker();
        let last: number | undefined;
        for (const [index, { kind, value }] of steps.entries()) {
          const at = instant(index + 1);
          const sample: Sample | undefined = kind === "measured" ? point.measured(value, at) : point[kind]("why", at);
          if (kind === "measured" && value !== undefined) last = value;
          else if (sample?.quality === "bad") last = undefined;
          if (sample === undefined) continue;
          if ((sample.quality === "good") !== (kind === "measured" && value !== undefined)) return false;
          if (sample.value !== (last ?? null)) return false;
          if (sample.quality !== "good" && sample.reason === undefined) return false;
          if (sample.source > sample.received) return false;
        }
        return true;
      }),
    ),
  );
});
