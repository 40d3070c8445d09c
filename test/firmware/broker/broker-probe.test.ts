import test from "ava";
import { probeTopic } from "../../../firmware/broker/broker-probe.ts";
import { Stopped } from "../../../shared/base/stop-signal.ts";
import { until } from "../../harness/until.ts";
import { metric, openBroker, openRules } from "./open-broker.ts";
import { connectPacket, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const { signal } = new AbortController();

test("the broker hears itself, again and again, and no room, client or count of clients notices", async (t) => {
  const { broker, port } = await openBroker(t);
  const heard: string[] = [];
  broker.handle("#", ({ topic }) => heard.push(topic));
  const listener = await RawClient.open(t, port);
  listener.send(connectPacket({ id: "all" }));
  await listener.take(4);
  listener.send(subscribePacket("#"));
  await listener.take(5);
  for (let round = 0; round < 20; round += 1) await broker.probe(signal);
  await Promise.all(Array.from({ length: 20 }, () => broker.probe(signal)));
  await until(() => metric(broker, "subscriptions") === 1);
  t.is(metric(broker, "clients"), 1);
  t.is(metric(broker, "connects_total"), 1);
  t.deepEqual(heard, []);
  await broker.publish("after", "x", { qos: 0, retain: false });
  t.is((await listener.take(10)).subarray(4, 9).toString(), "after", "nothing came before it");
});

test("a broker that is full, and lets nobody in without a name, still hears itself", async (t) => {
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { clients: 1 }, anonymousRules: { publish: [], subscribe: [] } },
  });
  const client = await RawClient.open(t, port);
  client.send(connectPacket({ id: "a" }));
  await client.take(4);
  await broker.probe(signal);
  t.is(metric(broker, "clients"), 1);
});

test("clients may neither publish nor subscribe where the probe does", async (t) => {
  const { broker, port } = await openBroker(t, { config: { listeners: [{ protocol: "mqtt", port: 0 }], anonymousRules: openRules } });
  const client = await RawClient.open(t, port);
  client.send(connectPacket({ id: "a" }));
  await client.take(4);
  client.send(subscribePacket(probeTopic, 1));
  t.is((await client.take(5))[4], 0x80);
  client.send(publishPacket(probeTopic, "x"));
  await client.untilClosed();
  await t.notThrowsAsync(broker.probe(signal));
});

test("a probe that nothing answers ends with its signal", async (t) => {
  const { broker } = await openBroker(t);
  const stop = new AbortController();
  const probe = broker.probe(stop.signal);
  stop.abort();
  await t.throwsAsync(probe, { instanceOf: Stopped });
  await t.throwsAsync(broker.probe(stop.signal), { instanceOf: Stopped });
});

test("a closed broker says so, and one that closes ends its probe", async (t) => {
  const { broker } = await openBroker(t);
  const probe = broker.probe(signal);
  const closed = broker.close();
  await t.throwsAsync(probe);
  await closed;
  await t.throwsAsync(broker.probe(signal), { code: "EDGE_BROKER_CLOSED" });
});
