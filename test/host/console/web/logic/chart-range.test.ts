import test from "ava";
import fc from "fast-check";
import {
  advance,
  between,
  following,
  longestSpan,
  pan,
  presetOf,
  shortestSpan,
  zoom,
} from "../../../../../host/console/web/src/logic/chart-range.ts";

const now = 1_700_000_000_000;
const hour = 3_600_000;

test("a range that follows moves on with time and keeps its span", (t) => {
  const later = advance(following(hour, now), now + 5000);
  t.deepEqual(later, { from: now + 5000 - hour, to: now + 5000, follow: true });
  t.is(presetOf(later), "1h");
});

test("a dragged part stands still", (t) => {
  const part = between(now - 2 * hour, now - hour, now);
  t.deepEqual(advance(part, now + 60_000), part);
  t.is(presetOf(part), undefined);
});

test("moving back leaves now, moving on past it follows again", (t) => {
  const back = pan(following(hour, now), -0.5, now);
  t.deepEqual(back, { from: now - 1.5 * hour, to: now - 0.5 * hour, follow: false });
  t.true(pan(back, 0.5, now).follow);
});

test("zooming in around a point keeps the point where it is", (t) => {
  const range = between(now - 4 * hour, now - 2 * hour, now);
  const around = now - 2.5 * hour;
  const closer = zoom(range, 0.5, around, now);
  t.is((around - range.from) / (range.to - range.from), (around - closer.from) / (closer.to - closer.from));
});

test("whatever is done, a range is neither too short nor too long and does not reach into the future", (t) => {
  const step = fc.oneof(
    fc.record({ name: fc.constant("zoom" as const), by: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
    fc.record({ name: fc.constant("pan" as const), by: fc.double({ min: -3, max: 3, noNaN: true }) }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let range = following(hour, now);
        for (const { name, by } of steps) range = name === "zoom" ? zoom(range, by, undefined, now) : pan(range, by, now);
        const span = range.to - range.from;
        return span >= shortestSpan - 1 && span <= longestSpan + 1 && range.to <= now + 1;
      }),
    ),
  );
});
