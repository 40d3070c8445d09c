import test from "ava";
import fc from "fast-check";
import type { JsonValue } from "../../../shared/base/json.ts";
import { covers } from "../../../shared/twin/covers.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";

const covered = test.macro<[JsonValue | undefined, JsonValue | undefined, boolean, number?]>({
  exec(t, reported, desired, expected, tolerance = 0) {
    t.is(covers(reported, desired, tolerance), expected);
  },
  title: (_, reported, desired, expected, tolerance) =>
    `${JSON.stringify(reported)} ${expected ? "covers" : "does not cover"} ${JSON.stringify(desired)}${tolerance === undefined ? "" : ` within ${tolerance}`}`,
});

test(covered, { value: 5, quality: "good" }, { value: 5 }, true);
test(covered, { value: 5 }, { value: 6 }, false);
test(covered, { value: 5.04 }, { value: 5 }, true, 0.05);
test(covered, { value: 5.06 }, { value: 5 }, false, 0.05);
test(covered, { value: "5" }, { value: 5 }, false, 1);
test(covered, { a: { b: [1, 2.01] } }, { a: { b: [1, 2] } }, true, 0.1);
test(covered, { a: [1, 2, 3] }, { a: [1, 2] }, false);
test(covered, { a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] }, true);
test(covered, { a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }] }, false);
test(covered, { a: 1 }, { a: { b: 1 } }, false);
test(covered, { a: { b: 1 } }, { a: 1 }, false);
test(covered, undefined, { a: 1 }, false);
test(covered, undefined, {}, true);
test(covered, undefined, undefined, true);
test(covered, {}, { constructor: 1 }, false);
test(covered, { a: null }, { a: null }, true);
test(covered, {}, { a: null }, false);

test("what was merged in is covered, without nulls in the way", (t) => {
  const json = fc
    .jsonValue({ maxDepth: 4 })
    .map((value): JsonValue => JSON.parse(JSON.stringify(value, (_, member) => (member === null ? 0 : member))));
  t.notThrows(() =>
    fc.assert(
      fc.property(json, json, (reported, desired) => covers(mergePatch(reported, desired), desired)),
      { numRuns: 300 },
    ),
  );
});
