import test from "ava";
import { timeTicks } from "../../../../../host/console/web/src/logic/time-ticks.ts";

const midnight = new Date(2026, 10, 22).getTime() / 1000;

test("an axis tells the time of day, and the day where it begins", (t) => {
  t.deepEqual(timeTicks([midnight - 3600, midnight, midnight + 3600], 3600), ["23:00", "00:00\n11-22", "01:00"]);
});

test("short distances have seconds, long ones days", (t) => {
  t.deepEqual(timeTicks([midnight, midnight + 5], 5), ["00:00:00", "00:00:05"]);
  t.deepEqual(timeTicks([midnight, midnight + 86_400], 86_400), ["11-22", "11-23"]);
});
