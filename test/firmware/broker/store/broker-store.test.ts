import { readdirSync, truncateSync } from "node:fs";
import path from "node:path";
import { BrokerCounters } from "../../../../firmware/broker/broker-counters.ts";
import { BrokerStore } from "../../../../firmware/broker/store/broker-store.ts";
import { NodeClock } from "../../../../firmware/platform/clock-node.ts";
import { brokerSettings } from "../../../../shared/broker/broker-settings.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { SmallVolume } from "../../../harness/small-volume.ts";
import { volumeTest } from "../../../harness/volume-test.ts";

const onVolume = volumeTest();

function openOn(volume: SmallVolume): Promise<BrokerStore> {
  return BrokerStore.open({
    directory: path.join(volume.path, "broker"),
    settings: brokerSettings({}),
    views: [],
    counters: new BrokerCounters(),
    clock: new NodeClock(),
    log: new FakeLog(),
  });
}

const message = (topic: string, size = 100) => ({
  topic,
  payload: Buffer.alloc(size, topic),
  qos: 1 as const,
  retain: true,
  principal: "somebody",
});

/** Keeps so many retained messages and as many for a session. */
function keep(store: BrokerStore, from: number, count: number): Promise<void> {
  const session = store.sessions.ensure("absent", "somebody");
  for (let n = from; n < from + count; n += 1) {
    store.retained.store(message(`kept/${n}`, 3000));
    if (session !== undefined) store.sessions.enqueue(session, message(`queue/${n}`, 3000));
  }
  return store.commit.commit();
}

function contentOf(store: BrokerStore): { readonly retained: number; readonly queued: number; readonly recovery: string } {
  return { retained: store.retained.size, queued: store.sessions.get("absent")?.queue.size ?? 0, recovery: store.recovery };
}

onVolume("after the disk was full everything that was acknowledged is on it, in order", async (t) => {
  using volume = new SmallVolume(4 << 20);
  const store = await openOn(volume);
  await keep(store, 0, 10);
  volume.fill(20_000);
  let acknowledged = false;
  const later = keep(store, 10, 40).then(() => {
    acknowledged = true;
  });
  while (store.commit.failures < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  t.false(acknowledged);
  t.false(store.writable);
  volume.makeRoom();
  await later;
  await keep(store, 50, 50);
  t.true(store.writable);
  await store.close();
  const again = await openOn(volume);
  t.deepEqual(contentOf(again), { retained: 100, queued: 100, recovery: "clean" });
  await again.close();
});

onVolume("what the disk lost while it was full is written once more, and the store says that it was damaged", async (t) => {
  using volume = new SmallVolume(4 << 20);
  const store = await openOn(volume);
  await keep(store, 0, 20);
  volume.fill();
  const later = keep(store, 20, 20);
  while (store.commit.failures < 1) await new Promise((resolve) => setTimeout(resolve, 10));
  const directory = path.join(volume.path, "broker");
  for (const name of readdirSync(directory)) if (/^MANIFEST|\.log$/.test(name)) truncateSync(path.join(directory, name), 0);
  volume.makeRoom();
  await later;
  t.not(store.recovery, "clean");
  await store.commit.commit();
  await store.close();
  const again = await openOn(volume);
  t.deepEqual(contentOf(again), { retained: 40, queued: 40, recovery: "clean" });
  await again.close();
});
