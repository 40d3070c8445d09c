import test from "ava";
import fc from "fast-check";
import type { JsonValue } from "../../../shared/base/json.ts";
import { depthWithin, mergePatch } from "../../../shared/twin/merge-patch.ts";

/** original, patch, result: RFC 7396 appendix A, in its order. */
const vectors: readonly (readonly [JsonValue, JsonValue, JsonValue])[] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

for (const [index, [target, patch, result]] of vectors.entries()) {
  test(`RFC 7396 appendix A, case ${index + 1}: ${JSON.stringify(patch)} into ${JSON.stringify(target)} makes ${JSON.stringify(result)}`, (t) => {
    t.deepEqual(mergePatch(target, patch), result);
  });
}

const json = fc.jsonValue({ maxDepth: 5 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));

test("the same patch twice is the same as once", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch);
        t.deepEqual(mergePatch(once, patch), once);
      }),
      { numRuns: 300 },
    ),
  );
});

test("a patch leaves its arguments as they are", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        mergePatch(target, patch);
        return JSON.stringify([target, patch]) === before;
      }),
      { numRuns: 300 },
    ),
  );
});

test("members called __proto__, constructor and prototype are members, and nothing else changes", (t) => {
  const patch: JsonValue = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"a":{"__proto__":{"polluted":3}}}',
  );
  const merged = mergePatch(JSON.parse('{"__proto__":{"kept":true}}'), patch);
  t.is(
    JSON.stringify(merged),
    '{"__proto__":{"kept":true,"polluted":1},"constructor":{"prototype":{"polluted":2}},"a":{"__proto__":{"polluted":3}}}',
  );
  t.is(Reflect.get({}, "polluted"), undefined);
  t.is(Object.getPrototypeOf(merged), Object.prototype);
  t.is(JSON.stringify(mergePatch(merged, JSON.parse('{"__proto__":null,"constructor":null}'))), '{"a":{"__proto__":{"polluted":3}}}');
});

test("a member that every object inherits merges into nothing, not into what is inherited", (t) => {
  t.is(JSON.stringify(mergePatch({}, { toString: { a: 1 } })), '{"toString":{"a":1}}');
});

test("depth counts objects and arrays in one another, and a bottomless value is not followed", (t) => {
  t.true(depthWithin(5, 0));
  t.false(depthWithin({}, 0));
  t.true(depthWithin({ a: [1] }, 2));
  t.false(depthWithin({ a: [[]] }, 2));
  let deep: JsonValue = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  t.false(depthWithin(deep, 16));
});
