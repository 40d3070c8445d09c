import test from "ava";
import { isStale, stalePaths } from "../../../../../host/console/web/src/data/stale-paths.ts";

const stale = (kind: string, id: string, thing?: string) =>
  stalePaths({ kind, id, severity: "info", ...(thing !== undefined && { thing }) });

test("a changed feature touches its thing's features and no other thing's", (t) => {
  const paths = stale("feature", "pump/level", "pump");
  t.true(isStale("/things/pump/features?limit=500", paths));
  t.true(isStale("/things/pump/features/level", paths));
  t.false(isStale("/things/fan/features?limit=500", paths));
  t.false(isStale("/things/pump", paths));
});

test("a changed thing touches lists of things and itself", (t) => {
  const paths = stale("thing", "pump", "pump");
  t.true(isStale("/things?limit=12", paths));
  t.true(isStale("/things/pump", paths));
  t.false(isStale("/boards", paths));
});

test("a changed grant touches what people may", (t) => t.true(isStale("/grants?limit=500", stale("grant", "g1"))));

test("every event touches the events, grave ones the notices", (t) => {
  t.true(isStale("/events?after=1", stale("board", "b")));
  t.false(isStale("/notices?limit=20", stale("board", "b")));
  t.true(isStale("/notices?limit=20", stalePaths({ kind: "board", id: "b", severity: "warning" })));
});

test("a path that only begins alike is another", (t) => t.false(isStale("/thingsome", ["/things"])));
