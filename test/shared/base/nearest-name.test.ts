import test from "ava";
import fc from "fast-check";
import { nearestName } from "../../../shared/base/nearest-name.ts";

const near = test.macro({
  exec(t, mistyped: string, known: readonly string[], expected: string | undefined) {
    t.is(nearestName(mistyped, known), expected);
  },
  title: (_given, mistyped, _known, expected) =>
    expected === undefined ? `"${mistyped}" is near to nothing` : `"${mistyped}" was meant to be "${expected}"`,
});

test(near, "flaot32", ["float16", "float32", "float64"], "float32");
test(near, "Holding", ["coil", "holding"], "holding");
test(near, "lines2", ["lines", "line"], "lines");
test(near, "inflight", ["inFlight"], "inFlight");
test(near, "prot", ["port", "host"], "port");
test(near, "banana", ["coil", "holding"], undefined);
test(near, "x", ["abcdef"], undefined);
test(near, "a".repeat(65), ["a".repeat(64)], undefined);

test("a name is nearest to itself, and one edit away from itself is still near", (t) => {
  const name = fc.string({ minLength: 4, maxLength: 20 });
  t.notThrows(() => fc.assert(fc.property(name, (text) => nearestName(text, [text]) === text && nearestName(`${text}x`, [text]) === text)));
});
