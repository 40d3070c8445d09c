import test from "ava";
import fc from "fast-check";
import { ReportFilter } from "../../../shared/acquisition/report-filter.ts";
import type { ResolvedReport } from "../../../shared/acquisition/resolve-point.ts";
import type { PointValue, Quality } from "../../../shared/acquisition/sample.ts";
import { millis } from "../../../shared/base/units.ts";

const change: ResolvedReport = { mode: "change", absolute: 0, percent: 0, heartbeat: undefined };

/** Which of the values, one a second, are handed on. */
function passed(rule: ResolvedReport, values: readonly (PointValue | null)[]): readonly (PointValue | null)[] {
  const filter = new ReportFilter(rule);
  return values.filter((value, second) => filter.passes({ value, quality: "good" }, millis(second * 1000)));
}

test("mode always hands on every sample", (t) => {
  t.deepEqual(passed({ ...change, mode: "always", absolute: 10 }, [1, 1, 1]), [1, 1, 1]);
});

test("mode change hands on the first sample and what differs from the last handed on", (t) => {
  t.deepEqual(passed(change, [null, null, 1, 1, 2, 2, 1]), [null, 1, 2, 1]);
});

for (const [name, values, expected] of [
  ["booleans", [false, false, true, true], [false, true]],
  ["strings", ["", "", "a", "a"], ["", "a"]],
  ["big integers", [2n ** 60n, 2n ** 60n, 2n ** 60n + 1n], [2n ** 60n, 2n ** 60n + 1n]],
  ["integers on both sides of 2^53", [2 ** 53 - 1, 2n ** 53n, 2n ** 53n], [2 ** 53 - 1, 2n ** 53n]],
  ["a number and the same big integer", [5, 5n], [5]],
  ["zero and minus zero", [0, -0], [0]],
  ["values that are no number", [1, Number.NaN, Number.NaN, 1], [1, Number.NaN, 1]],
  ["infinity", [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1], [1, Number.POSITIVE_INFINITY, 1]],
] as const) {
  test(`mode change compares ${name} by value`, (t) => {
    t.deepEqual(passed(change, values), expected);
    t.deepEqual(passed({ ...change, percent: 1e-20 }, values), expected);
  });
}

test("lists are compared element by element, and by length", (t) => {
  const values = [
    [1, 2],
    [1, 2],
    [1, 3],
    [1, 3, 0],
    [1, 3],
  ];
  t.deepEqual(passed(change, values), [
    [1, 2],
    [1, 3],
    [1, 3, 0],
    [1, 3],
  ]);
  t.deepEqual(
    passed({ ...change, absolute: 2 }, [
      [1, 2],
      [2, 3],
      [2, 4],
    ]),
    [
      [1, 2],
      [2, 4],
    ],
  );
});

test("an absolute deadband counts from the value handed on last, and a difference of its size counts", (t) => {
  t.deepEqual(passed({ ...change, absolute: 1 }, [10, 10.5, 10.9, 11, 11.9, 10.1, 10]), [10, 11, 10]);
});

test("one step of a scaled value reaches a deadband of one step", (t) => {
  const steps = Array.from({ length: 1000 }, (_, n) => n * 0.1);
  t.deepEqual(passed({ ...change, absolute: 0.1 }, steps), steps);
});

test("a large value has its deadband too", (t) => {
  t.deepEqual(passed({ ...change, absolute: 1 }, [1e9, 1e9 + 0.9, 1e9 + 1]), [1e9, 1e9 + 1]);
});

test("a deadband in percent is a share of the size of the value handed on last", (t) => {
  t.deepEqual(passed({ ...change, percent: 10 }, [100, 109, 110, 120, 121, 109, 108.9]), [100, 110, 121, 108.9]);
  t.deepEqual(passed({ ...change, percent: 10 }, [-100, -109, -110]), [-100, -110]);
});

test("from zero any change is more than a percentage", (t) => {
  t.deepEqual(passed({ ...change, percent: 50 }, [0, 0.001]), [0, 0.001]);
});

test("of two deadbands a difference has to reach both", (t) => {
  const both: ResolvedReport = { ...change, absolute: 5, percent: 10 };
  t.deepEqual(passed(both, [20, 23, 25]), [20, 25]);
  t.deepEqual(passed(both, [100, 106, 110]), [100, 110]);
});

test("big integers have a deadband like any number", (t) => {
  t.deepEqual(passed({ ...change, absolute: 10 }, [2n ** 60n, 2n ** 60n + 9n, 2n ** 60n + 10n]), [2n ** 60n, 2n ** 60n + 10n]);
});

test("every change of quality is handed on, whatever the value", (t) => {
  const filter = new ReportFilter({ ...change, absolute: 100 });
  const qualities: readonly Quality[] = ["good", "good", "uncertain", "uncertain", "stale", "good"];
  t.deepEqual(
    qualities.filter((quality, second) => filter.passes({ value: 1, quality }, millis(second * 1000))),
    ["good", "uncertain", "stale", "good"],
  );
});

test("after a heartbeat without any, the next sample is handed on", (t) => {
  const filter = new ReportFilter({ ...change, heartbeat: millis(10_000) });
  const seconds = Array.from({ length: 31 }, (_, second) => second);
  const value = (second: number): number => (second < 14 ? 1 : 2);
  t.deepEqual(
    seconds.filter((second) => filter.passes({ value: value(second), quality: "good" }, millis(second * 1000))),
    [0, 10, 14, 24],
  );
});

test("a clock that goes back does not hold up the heartbeat", (t) => {
  const filter = new ReportFilter({ ...change, heartbeat: millis(10_000) });
  t.true(filter.passes({ value: 1, quality: "good" }, millis(1e12)));
  t.true(filter.passes({ value: 1, quality: "good" }, millis(5)));
  t.false(filter.passes({ value: 1, quality: "good" }, millis(6)));
});

test("what is not handed on lies within the deadband of what was handed on last", (t) => {
  const values = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { maxLength: 60 });
  const property = fc.property(values, fc.nat(20), fc.nat(20), (samples, absolute, percent) => {
    const filter = new ReportFilter({ ...change, absolute, percent });
    let last: number | undefined;
    for (const [n, value] of samples.entries()) {
      const band = last === undefined ? 0 : Math.max(absolute, (percent / 100) * Math.abs(last));
      const passes = filter.passes({ value, quality: "good" }, millis(n));
      const difference = last === undefined ? Number.POSITIVE_INFINITY : Math.abs(value - last);
      if (passes) t.true(difference > 0 && difference >= band - 1e-8);
      else t.true(difference === 0 || difference < band);
      if (passes) last = value;
    }
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});
