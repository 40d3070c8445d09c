import test from "ava";
import { changesOf } from "../../../../../host/console/web/src/logic/changes-of.ts";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";

const span = (from: number, last: unknown, quality: BucketView["quality"] = "good"): BucketView => ({
  from,
  count: 1,
  last,
  quality,
  qualities: { good: 1, uncertain: 0, bad: 0, stale: 0 },
});

test("of what a text was, only its changes are told", (t) => {
  const spans = [span(0, "stopped"), span(1, "stopped"), span(2, "running"), span(3, "running", "stale"), span(4, "running")];
  t.deepEqual(
    changesOf(spans).map(({ from }) => from),
    [0, 2, 3, 4],
  );
});
