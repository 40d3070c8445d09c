import test from "ava";
import { defaultAccessSettings } from "../../../../host/console/access/access-settings.ts";
import { SessionTable } from "../../../../host/console/access/session-table.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { Change } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

test("on a disk that refuses, sessions still end, and the gateway goes on", async (t) => {
  const clock = new FakeClock();
  const log = new FakeLog();
  const kept = await MemoryGatewayStore.open({ clock, log });
  t.teardown(() => kept.close());
  const ofStore = clock.armed;
  let broken = false;
  const store = {
    list: kept.list.bind(kept),
    onCommit: kept.onCommit.bind(kept),
    update: kept.update.bind(kept),
    commit: (change: Change) => (broken ? Promise.reject(new Error("no room")) : kept.commit(change)),
  };
  const table = await SessionTable.open({ store, clock, log, settings: defaultAccessSettings });
  const { secret, draft } = table.make("ann", { onlyPassword: false });
  t.is(table.use(secret), undefined, "laid out is not made");
  await store.commit({ actor: "user:ann", puts: [{ kind: "session", id: draft.id, document: draft }] });
  t.is(table.use(secret)?.user, "ann");
  broken = true;
  t.deepEqual(table.end([draft.id]), [{ kind: "session", id: draft.id }]);
  t.is(table.use(secret), undefined);
  const other = table.make("bob", { onlyPassword: false });
  broken = false;
  await store.commit({ actor: "user:bob", puts: [{ kind: "session", id: other.draft.id, document: other.draft }] });
  broken = true;
  await clock.advance(millis(defaultAccessSettings.idle + 120_000));
  t.is(table.get(other.draft.id), undefined);
  t.true(log.entries.some(({ level }) => level === "warn"));
  await table.close();
  t.is(clock.armed, ofStore);
});
