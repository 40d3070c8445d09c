import test from "ava";
import fc from "fast-check";
import { RateWindow } from "../../../shared/base/rate-window.ts";
import { millis } from "../../../shared/base/units.ts";

test("it says how long to wait once the limit is reached", (t) => {
  const window = new RateWindow(2, millis(1000));
  t.is(window.wait(millis(0)), millis(0));
  t.true(window.take(millis(0)));
  t.true(window.take(millis(400)));
  t.is(window.wait(millis(400)), millis(600));
  t.false(window.take(millis(999)));
  t.true(window.take(millis(1000)));
  t.is(window.wait(millis(1000)), millis(400));
});

test("no span of time holds more than the limit, and nothing is refused without need", (t) => {
  const property = fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40), { maxLength: 100 }), (limit, gaps) => {
    const window = new RateWindow(limit, millis(100));
    const taken: number[] = [];
    let now = 0;
    for (const gap of gaps) {
      now += gap;
      const inWindow = taken.filter((at) => at > now - 100).length;
      t.is(window.take(millis(now)), inWindow < limit);
      if (inWindow < limit) taken.push(now);
    }
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test("a clock that goes back ten years begins a new window instead of a wait of ten years", (t) => {
  const window = new RateWindow(2, millis(1000));
  for (let n = 0; n < 2; n++) window.take(millis(1e12));
  t.true(window.take(millis(5)));
  t.true(window.take(millis(6)));
  t.false(window.take(millis(7)));
});
