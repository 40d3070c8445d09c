import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { BrokerCounters } from "../../../firmware/broker/broker-counters.ts";
import { BrokerStore } from "../../../firmware/broker/store/broker-store.ts";
import { brokerSettings } from "../../../shared/broker/broker-settings.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { metric, openBroker, scratch } from "./open-broker.ts";
import { publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const client = fc.constantFrom("a", "b/c", "__proto__");
const filter = fc.constantFrom("x", "x/#", "+/y");
const payload = fc.uint8Array({ maxLength: 20 });
const step = fc.oneof(
  fc.tuple(fc.constant("session" as const), client, filter, payload),
  fc.tuple(fc.constant("subscribe" as const), client, filter, payload),
  fc.tuple(fc.constant("unsubscribe" as const), client, filter, payload),
  { weight: 3, arbitrary: fc.tuple(fc.constant("enqueue" as const), client, filter, payload) },
  fc.tuple(fc.constant("assign" as const), client, filter, payload),
  fc.tuple(fc.constant("settle" as const), client, filter, payload),
  fc.tuple(fc.constant("release" as const), client, filter, payload),
  fc.tuple(fc.constant("incoming" as const), client, filter, payload),
  fc.tuple(fc.constant("drop" as const), client, filter, payload),
  fc.tuple(fc.constant("retain" as const), client, filter, payload),
  fc.tuple(fc.constant("commit" as const), client, filter, payload),
);

/** Everything in a store, in a form that can be compared. */
function picture({ sessions, retained }: BrokerStore): string {
  const all = [...sessions.all()].map((session) => ({
    id: session.clientId,
    principal: session.principal,
    filters: [...session.subscriptions.values()].map(({ topic, qos }) => `${topic} ${qos}`).sort(),
    queue: [...session.queue.values()].map(({ seq, id, released, message }) => [
      seq,
      id,
      released,
      message.topic,
      message.qos,
      message.payload.toString("hex"),
    ]),
    byId: [...session.byId.keys()].sort(),
    incoming: [...session.incoming].sort(),
    bytes: session.bytes,
  }));
  const kept = [...retained.matching("#")].map(({ topic, principal, payload: body }) => [topic, principal, body.toString("hex")]);
  return JSON.stringify([
    all.sort((a, b) => (a.id < b.id ? -1 : 1)),
    kept.sort(),
    sessions.messages,
    sessions.bytes,
    retained.bytes,
    sessions.match("x/y").length,
  ]);
}

test("a store that is opened again holds what it held, whatever was done to it", async (t) => {
  const parent = await scratch(t);
  let run = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const parts = {
          directory: join(parent, `${run++}`),
          settings: brokerSettings(),
          views: [],
          counters: new BrokerCounters(),
          clock: new FakeClock(),
          log: new FakeLog(),
        };
        const store = await BrokerStore.open(parts);
        const { sessions, retained, commit } = store;
        let id = 0;
        for (const [what, clientId, topic, body] of steps) {
          const session = sessions.get(clientId);
          const message = { topic, payload: Buffer.from(body), qos: 1, retain: false, principal: "p" } as const;
          const [delivery] = session?.queue.values() ?? [];
          if (what === "session") sessions.ensure(clientId, "p");
          else if (what === "retain") retained.store({ ...message, topic: "t" });
          else if (what === "commit") await commit.commit();
          else if (session === undefined) continue;
          else if (what === "subscribe") sessions.subscribe(session, topic, 1);
          else if (what === "unsubscribe") sessions.unsubscribe(session, topic);
          else if (what === "enqueue") sessions.enqueue(session, message);
          else if (what === "drop") sessions.drop(session);
          else if (what === "incoming") sessions.addIncoming(session, body.length);
          else if (delivery === undefined) continue;
          else if (what === "assign" && delivery.id === 0) sessions.assign(session, delivery, () => ++id);
          else if (what === "settle") sessions.settle(session, delivery.id);
          else if (what === "release") sessions.release(session, delivery.id);
        }
        const before = picture(store);
        await store.close();
        const again = await BrokerStore.open(parts);
        const after = picture(again);
        await again.close();
        return before === after;
      }),
      { numRuns: 60 },
    ),
  );
});

test("a damaged store is mended or begun anew, with an alarm, and the broker starts", async (t) => {
  const directory = join(await scratch(t), "store");
  const first = await openBroker(t, { directory });
  const one = await RawClient.login(t, first.port, { id: "one", clean: false });
  one.send(subscribePacket("a", 1), publishPacket("b", "kept", 1, 1, true));
  await one.ping();
  await first.broker.close();
  t.is(metric(first.broker, "store_rebuilt"), 0);
  for (const name of await readdir(directory))
    if (name.startsWith("MANIFEST") || name === "CURRENT") await writeFile(join(directory, name), "damaged");
  const second = await openBroker(t, { directory });
  t.true(metric(second.broker, "store_rebuilt") > 0);
  t.true(second.log.entries.some(({ level, message }) => level === "error" && message.includes("damaged")));
  await RawClient.login(t, second.port, { id: "one", clean: false });
});

test("retained messages are bounded in number and bytes", async (t) => {
  const limits = { retainedMessages: 3, retainedBytes: 100 };
  const { broker } = await openBroker(t, { config: { listeners: [], limits } });
  for (const topic of ["a", "b", "c", "d"]) await broker.publish(topic, "x", { qos: 1, retain: true });
  t.is(metric(broker, "retained_messages"), 3);
  await broker.publish("a", "y".repeat(200), { qos: 1, retain: true });
  t.is(metric(broker, "retained_messages"), 2, "an old value that is not true any more goes");
  t.is(metric(broker, "dropped_messages_total", "retained_full"), 2);
});
