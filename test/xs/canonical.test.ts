import test from "ava";
import { canonical } from "./canonical.ts";

test("values that differ have different texts", (t) => {
  const values: readonly unknown[] = [
    0,
    -0,
    1,
    1n,
    "1",
    true,
    null,
    undefined,
    Number.NaN,
    0.1,
    0.1 + Number.EPSILON / 16,
    2 ** 53,
    2 ** 53 + 2,
    Number.POSITIVE_INFINITY,
    "",
    "null",
    [],
    {},
    [undefined],
    [null],
    { a: undefined },
    { a: 1, b: 2 },
    new Map(),
    new Set(),
    new Uint8Array(1),
    new Uint16Array(1),
    [0],
    new RangeError("a"),
    new TypeError("a"),
    "\ud800",
    "\ufffd",
    '"',
    "\\",
  ];
  t.is(new Set(values.map(canonical)).size, values.length);
});

test("values that are the same have the same text", (t) => {
  t.is(canonical({ a: 1, b: [2n] }), canonical({ b: [2n], a: 1 }));
  t.is(canonical(Buffer.from([1, 2])), canonical(Uint8Array.of(1, 2)));
  t.is(canonical(new RangeError("one engine")), canonical(new RangeError("another engine")));
});
