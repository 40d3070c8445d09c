import test from "ava";
import { BadDuration, parseDuration } from "../../../shared/base/duration.ts";
import { millis } from "../../../shared/base/units.ts";

const reads = test.macro({
  exec(t, text: string, expected: number) {
    t.is(parseDuration(text), millis(expected));
  },
  title: (_given, text) => `"${text}" is a duration`,
});
test(reads, "0 ms", 0);
test(reads, "500 ms", 500);
test(reads, "1.5 s", 1500);
test(reads, "2min", 120_000);
test(reads, "3 h", 10_800_000);
test(reads, "1 d", 86_400_000);

for (const text of ["", "5", "ms", "-1 s", "1e3 s", "1 week", " 1 s", "1  s", "1 s "]) {
  test(`"${text}" is no duration`, (t) => {
    const error = t.throws(() => parseDuration(text), { instanceOf: BadDuration });
    t.true(error?.message.includes(`"${text}"`));
    t.is(error?.code, "EDGE_BAD_DURATION");
  });
}
