import test from "ava";
import fc from "fast-check";
import { canonicalJson } from "../../../../host/twin/store/canonical-json.ts";

const canonical = test.macro({
  exec(t, value: unknown, expected: string) {
    t.is(canonicalJson(value), expected);
  },
  title: (name = "") => `RFC 8785: ${name}`,
});

test(
  "members are sorted by UTF-16 units (§3.2.3)",
  canonical,
  { "€": 1, "\r": 2, \ufb33: 3, "1": 4, "😀": 5, "\u0080": 6, ö: 7 },
  '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
);
test(
  "numbers as ECMAScript writes them (§3.2.2.3)",
  canonical,
  [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0, 1e21, 5e-324],
  "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,5e-324]",
);
test("texts are escaped where they must be (§3.2.2.2)", canonical, '\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
test("members that are undefined are none", canonical, { b: undefined, a: [undefined, null, true] }, '{"a":[null,null,true]}');
test("nested objects are sorted too", canonical, { b: { d: 1, c: [{ f: 1, e: {} }] }, a: [] }, '{"a":[],"b":{"c":[{"e":{},"f":1}],"d":1}}');

test("what it says, a parser reads back, and says again alike", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        return canonicalJson(JSON.parse(text)) === text && JSON.stringify(JSON.parse(text)).length === text.length;
      }),
    ),
  );
});
