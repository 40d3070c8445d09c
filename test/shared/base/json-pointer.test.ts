import test from "ava";
import fc from "fast-check";
import { pointerSteps, pointerTo } from "../../../shared/base/json-pointer.ts";

/** The document and pointers of RFC 6901 §5. */
for (const [key, pointer] of [
  ["foo", "/foo"],
  ["", "/"],
  ["a/b", "/a~1b"],
  ["c%d", "/c%d"],
  ['k"l', '/k"l'],
  [" ", "/ "],
  ["m~n", "/m~0n"],
] as const) {
  test(`the pointer to the key ${JSON.stringify(key)} is ${pointer}`, (t) => {
    t.is(pointerTo("", key), pointer);
    t.deepEqual(pointerSteps(pointer), [key]);
  });
}

test("a pointer's steps are those it was made of", (t) => {
  const steps = fc.array(fc.oneof(fc.string(), fc.constantFrom("~1", "~0", "/", "~")));
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, (given) => {
        const pointer = given.reduce((outer, step) => pointerTo(outer, step), "");
        return JSON.stringify(pointerSteps(pointer)) === JSON.stringify(given);
      }),
    ),
  );
});
