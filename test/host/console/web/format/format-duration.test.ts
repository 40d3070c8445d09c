import test from "ava";
import { formatAgo, formatDuration } from "../../../../../host/console/web/src/format/format-duration.ts";

const spans: readonly (readonly [number, string])[] = [
  [-5, "0 ms"],
  [240, "240 ms"],
  [12_900, "12 s"],
  [95_000, "1 min 35 s"],
  [42 * 60_000 + 30_000, "42 min"],
  [3 * 3_600_000, "3 h"],
  [3 * 3_600_000 + 120_000, "3 h 2 min"],
  [50 * 3_600_000, "2 d 2 h"],
];
for (const [span, text] of spans) test(`${span} ms are ${text}`, (t) => t.is(formatDuration(span), text));

test("times are told from now, before and after it", (t) => {
  t.is(formatAgo(1000, 2000), "now");
  t.is(formatAgo(0, 4000), "4 s ago");
  t.is(formatAgo(0, 3 * 60_000), "3 min ago");
  t.is(formatAgo(5000, 0), "in 5 s");
});
