import test from "ava";
import fc from "fast-check";
import { formatExact, formatNumber } from "../../../../../host/console/web/src/format/format-number.ts";

const nnbsp = "\u202f";
const cases: readonly (readonly [number, string])[] = [
  [0, "0"],
  [1.2345, "1.234"],
  [36.251, "36.25"],
  [123.46, "123.5"],
  [1966.62, "1966.6"],
  [12_345.6, `12${nnbsp}346`],
  [0.012345, "0.0123"],
  [0.000123456, "0.000123"],
  [-4.2, "\u22124.200"],
  [182_345_340, `182${nnbsp}345${nnbsp}340`],
  [1e-9, "1.000e-9"],
  [Number.NaN, "not a number"],
  [Number.NEGATIVE_INFINITY, "\u2212∞"],
];
for (const [value, text] of cases) test(`${value} is written ${text}`, (t) => t.is(formatNumber(value), text));

test("a value that moves a little keeps its width", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.double({ min: 1.001, max: 9.98, noNaN: true }), fc.double({ min: 0.0001, max: 0.001, noNaN: true }), (value, step) => {
        fc.pre(!Number.isInteger(value) && !Number.isInteger(value + step));
        return formatNumber(value).length === formatNumber(value + step).length;
      }),
    ),
  );
});

test("nothing that rounds to zero is written with a minus", (t) => t.is(formatNumber(-0.00000149, 3), "0.000"));

test("limits keep the digits that they have", (t) => {
  t.is(formatExact(0.3), "0.3");
  t.is(formatExact(40), "40");
  t.is(formatExact(125_000.5), `125${nnbsp}000.5`);
});
