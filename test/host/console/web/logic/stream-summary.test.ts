import test from "ava";
import { fingerprintGroups, streamSummary } from "../../../../../host/console/web/src/logic/stream-summary.ts";

const stream = (state: "live" | "recovering" | "stale", lag: number, remaining = 0) => ({
  id: state,
  state,
  cursor: { term: 1, seq: 1 },
  remaining,
  lag,
  ...(remaining > 0 && { eta: 1000 }),
  records: 0,
  gaps: 0,
});

test("streams are told by the worst of them", (t) => {
  const summary = streamSummary({ streams: [stream("live", 200), stream("recovering", 9000, 40)] });
  t.deepEqual(summary, { tone: "busy", text: "1 recovering, 1 live", remaining: 40, lag: 9000, eta: 1000 });
});

test("a board without streams says so", (t) => t.is(streamSummary({ streams: [] }).text, "no streams"));

test("fingerprints are read in groups", (t) => t.deepEqual(fingerprintGroups("sha256:0011aabb"), ["0011", "aabb"]));
