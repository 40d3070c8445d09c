import test from "ava";
import fc from "fast-check";
import { float16FromBits, float16ToBits } from "../../../../shared/acquisition/values/float16.ts";

const known: readonly (readonly [number, number])[] = [
  // IEEE 754-2019 §3.4, binary16
  [0x0000, 0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0x4000, 2],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x8001, -(2 ** -24)],
];

for (const [bits, value] of known) {
  test(`bits 0x${bits.toString(16)} are ${value}, and back`, (t) => {
    t.is(float16FromBits(bits), value);
    t.is(float16ToBits(value), bits);
  });
}

test("every number that half precision has comes back as the same bits", (t) => {
  let wrong = 0;
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16FromBits(bits);
    if (!Number.isNaN(value) && float16ToBits(value) !== bits) wrong++;
  }
  t.is(wrong, 0);
});

test("minus zero keeps its sign, and what is not a number stays none", (t) => {
  t.is(float16FromBits(0x8000), -0);
  t.is(float16ToBits(-0), 0x8000);
  t.is(float16FromBits(0x7e00), Number.NaN);
  t.is(float16ToBits(Number.NaN), 0x7e00);
});

/** The nearest of all halves, the even one of two that are equally near. */
function nearest(value: number): number {
  let best = 0;
  for (let bits = 0; bits < 0x7c00; bits++) {
    const distance = Math.abs(float16FromBits(bits) - value);
    const bestDistance = Math.abs(float16FromBits(best) - value);
    if (distance < bestDistance || (distance === bestDistance && bits % 2 === 0)) best = bits;
  }
  return best;
}

test("any other number becomes the nearest one, ties to even", (t) => {
  const halfway = fc.nat(0x7bfe).map((bits) => (float16FromBits(bits) + float16FromBits(bits + 1)) / 2);
  const anywhere = fc.double({ min: 0, max: 65_504, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(halfway, anywhere), (value) => {
      t.is(float16ToBits(value), nearest(value));
      t.is(float16ToBits(-value), nearest(value) | 0x8000);
    }),
    { numRuns: 60 },
  );
  t.is(float16ToBits(65_519.99), 0x7bff);
  t.is(float16ToBits(65_520), 0x7c00);
});
