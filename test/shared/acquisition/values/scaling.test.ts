import test from "ava";
import fc from "fast-check";
import { roundingOf, scalingOf } from "../../../../shared/acquisition/values/scaling.ts";

test("decimal factors leave no floating-point noise", (t) => {
  t.is(scalingOf(0.1)?.value(235), 23.5);
  t.is(scalingOf(0.1)?.value(3), 0.3);
  t.is(scalingOf(0.001)?.value(4_294_967_295), 4_294_967.295);
  t.is(scalingOf(0.01, -273.15)?.value(29_315), 20);
  t.is(scalingOf(1e-7)?.value(3), 3e-7);
  t.is(scalingOf(10)?.value(7), 70);
  t.is(scalingOf(1, -40)?.value(15), -25);
  t.is(scalingOf(-0.5)?.value(3), -1.5);
});

test("rounding gives the decimal number that people read, halves away from zero", (t) => {
  const round = roundingOf(3);
  t.is(round(Math.fround(1.8)), 1.8);
  t.is(round(Math.fround(-0.1)), -0.1);
  t.is(round(2.0005), 2.001);
  t.is(round(-2.0005), -2.001);
  t.is(roundingOf(0)(2.5), 3);
  t.is(round(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  t.is(round(1e300), 1e300);
});

test("rounding is off by half a unit of the last place at most, and rounding again changes nothing", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }), (decimals, value) => {
        const round = roundingOf(decimals);
        const rounded = round(value);
        return Math.abs(rounded - value) <= 0.5 * 10 ** -decimals + Math.abs(value) * 1e-15 && round(rounded) === rounded;
      }),
    ),
  );
});

test("a factor that is a fraction and no decimal number multiplies plainly", (t) => {
  t.is(scalingOf(1 / 3)?.value(3), 1);
  t.is(scalingOf(Math.PI)?.value(2), 2 * Math.PI);
  t.is(scalingOf(1e-20)?.value(5), 5e-20);
});

test("a scale of one and no offset is no scaling", (t) => {
  t.is(scalingOf(), undefined);
  t.is(scalingOf(1, 0), undefined);
});

/** `digits` × 10^-places as text, which Number reads as the nearest float there is. */
function decimal(digits: bigint, places: number): number {
  return Number(`${digits}e-${places}`);
}

test("a scaled integer is the float nearest to the decimal result", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: -0x80000000, max: 0xffffffff }),
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: -99_999, max: 99_999 }),
        fc.nat(6),
        (raw, factor, shift, places) => {
          const scaling = scalingOf(decimal(BigInt(factor), places), decimal(BigInt(shift), places));
          if (scaling === undefined) return factor === 10 ** places && shift === 0;
          const expected = decimal(BigInt(raw) * BigInt(factor) + BigInt(shift), places);
          return scaling.value(raw) === expected && Math.round(scaling.raw(expected)) === raw;
        },
      ),
      { numRuns: 1000 },
    ),
  );
});
