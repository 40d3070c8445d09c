import test from "ava";
import fc from "fast-check";
import { backoffDelay } from "../../../shared/base/backoff.ts";
import { millis } from "../../../shared/base/units.ts";

const range = { initial: millis(1000), max: millis(60_000) };

test("waits double from the first to the longest", (t) => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => backoffDelay(range, attempt, () => 1));
  t.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].map(millis));
});

test("a wait is never shorter than the first, never longer than the longest, and at least half of the full one", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, chance) => {
        const wait = backoffDelay(range, attempt, () => chance);
        const full = Math.min(range.max, range.initial * 2 ** Math.min(attempt - 1, 30));
        return wait >= range.initial && wait <= range.max && wait >= full / 2;
      }),
    ),
  );
});
