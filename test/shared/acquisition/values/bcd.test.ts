import test from "ava";
import fc from "fast-check";
import { fromBcd, toBcd } from "../../../../shared/acquisition/values/bcd.ts";

test("four bits are one decimal digit", (t) => {
  t.is(fromBcd(0x1234, 4), 1234);
  t.is(fromBcd(0x0007, 4), 7);
  t.is(toBcd(1234), 0x1234);
  t.is(toBcd(99_999_999), 0x99999999);
  t.is(fromBcd(0x99999999 | 0, 8), 99_999_999);
});

test("every number of eight digits comes back", (t) => {
  t.notThrows(() => fc.assert(fc.property(fc.nat(99_999_999), (value) => fromBcd(toBcd(value), 8) === value)));
});

test("one digit above nine anywhere is no number", (t) => {
  for (let place = 0; place < 8; place++) for (let digit = 10; digit < 16; digit++) t.is(fromBcd(digit << (place * 4), 8), Number.NaN);
});
