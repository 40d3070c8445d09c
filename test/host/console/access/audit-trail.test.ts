import test from "ava";
import { AuditTrail } from "../../../../host/console/access/audit-trail.ts";
import { verifyAuditTrail } from "../../../../host/console/access/verify-audit-trail.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { Actor } from "../../../../shared/twin/access/access-ports.ts";
import type { Change } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const second = millis(1000);
const actor = (id: string): Actor => ({ id, type: "user", via: "rest", address: "192.0.2.1" });
const about = (id: string) => ({ action: "thing:delete", kind: "thing", id });

function open(fails: () => boolean = () => false) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const written: Change[] = [];
  const store = {
    commit: async (change: Change) => {
      if (fails()) throw new Error("no room");
      written.push(change);
      return { documents: [], events: [] };
    },
  };
  const trail = new AuditTrail({ store, clock, log });
  const lines = () => written.flatMap(({ audit = [] }) => audit);
  const metric = (name: string) => trail.metrics().find((one) => one.name === name)?.values[0]?.value;
  return { trail, clock, log, written, lines, metric };
}

test("refusals of a second are one batch, and those that are alike one line with their number", async (t) => {
  const { trail, clock, written, lines } = open();
  for (let at = 0; at < 1000; at++) trail.refused(actor("user:ann"), about("p1"), "EDGE_FORBIDDEN");
  trail.refused(actor("user:ann"), about("p2"), "EDGE_FORBIDDEN");
  t.is(written.length, 0);
  await clock.advance(second);
  t.is(written.length, 1);
  t.deepEqual(
    lines().map(({ actor: who, id, outcome, code, count }) => [who, id, outcome, code, count]),
    [
      ["user:ann", "p1", "refused", "EDGE_FORBIDDEN", 1000],
      ["user:ann", "p2", "refused", "EDGE_FORBIDDEN", undefined],
    ],
  );
  await trail.close();
  t.is(clock.armed, 0);
});

test("a flood of different refusals is bounded by actor and in all, and none is left uncounted", async (t) => {
  const { trail, clock, lines, metric } = open();
  for (let at = 0; at < 500; at++) trail.refused(actor("user:ann"), about(`p${at}`), "EDGE_FORBIDDEN");
  for (let at = 0; at < 1000; at++) trail.refused(actor(`user:u${at}`), about("p1"), "EDGE_FORBIDDEN");
  await clock.advance(second);
  t.true(lines().length <= 203, String(lines().length));
  t.is(lines().filter(({ actor: who }) => who === "user:ann").length, 21);
  t.is(
    lines().reduce((sum, { count = 1 }) => sum + count, 0),
    1500,
  );
  t.is(metric("penstock_refusals_total"), 1500);
  t.true((metric("penstock_audit_merged_total") ?? 0) > 1000);
  await trail.close();
});

test("refusals that cannot be written are kept for later and told once", async (t) => {
  let broken = true;
  const { trail, clock, lines, log, metric } = open(() => broken);
  for (let round = 0; round < 5; round++) {
    trail.refused(actor("user:ann"), about("p1"), "EDGE_FORBIDDEN");
    await clock.advance(millis(10_000));
  }
  t.is(log.entries.filter(({ level }) => level === "error").length, 1);
  t.true((metric("penstock_audit_failures_total") ?? 0) >= 4);
  broken = false;
  await clock.advance(millis(10_000));
  t.deepEqual(
    lines().map(({ count }) => count),
    [5],
  );
  await trail.close();
});

test("what is gathered is written when it closes, and ids of any length are cut", async (t) => {
  const { trail, lines, clock } = open();
  trail.refused(actor("user:ann"), about("x".repeat(5000)), "EDGE_FORBIDDEN");
  await trail.close();
  t.is(lines()[0]?.id.length, 256);
  t.is(clock.armed, 0);
});

test("the chain of what was written is sound", async (t) => {
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = await MemoryGatewayStore.open({ clock, log });
  t.teardown(() => store.close());
  const trail = new AuditTrail({ store, clock, log });
  for (let at = 0; at < 50; at++) trail.refused(actor(`user:u${at}`), about("p1"), "EDGE_FORBIDDEN");
  await trail.close();
  t.like(await verifyAuditTrail(store, new AbortController().signal), { ok: true, lines: 50 });
});
