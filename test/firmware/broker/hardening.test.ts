import { stat } from "node:fs/promises";
import test from "ava";
import { metric, openBroker } from "./open-broker.ts";
import { ackPacket, connectPacket, field, packet, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

test("only MQTT 3.1.1 is spoken: 5.0 and 3.1 are refused with return code 1", async (t) => {
  const { broker, port } = await openBroker(t);
  for (const options of [{ level: 5 }, { level: 3, name: "MQIsdp" }, { level: 0x84 }, { level: 6 }]) {
    const client = await RawClient.open(t, port);
    client.send(connectPacket(options));
    t.deepEqual([...(await client.untilClosed())], [0x20, 2, 0, 1]);
  }
  t.is(metric(broker, "refused_total", "version"), 4);
});

test("a first packet other than CONNECT ends the connection before its length is believed", async (t) => {
  const { broker, port } = await openBroker(t);
  for (const bytes of [
    publishPacket("a", "b"),
    Buffer.of(0x30, 0xff, 0xff, 0xff, 0x7f),
    Buffer.of(0x10, 0xff, 0xff, 0x7f),
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  ]) {
    const client = await RawClient.open(t, port);
    client.send(bytes);
    t.is((await client.untilClosed()).length, 0);
  }
  t.is(metric(broker, "refused_total", "protocol"), 4);
});

test("a connection without CONNECT is closed when its time is over", async (t) => {
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { connectTimeout: "100 ms" } },
  });
  const client = await RawClient.open(t, port);
  client.send(connectPacket().subarray(0, 9));
  t.is((await client.untilClosed()).length, 0);
  t.is(metric(broker, "refused_total", "timeout"), 1);
});

test("half-open connections are few: the oldest gives way and a quick client gets in", async (t) => {
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { halfOpen: 8, clients: 100 } },
  });
  const idle = await Promise.all(Array.from({ length: 40 }, () => RawClient.open(t, port)));
  await RawClient.login(t, port);
  await idle[0]?.untilClosed();
  t.true(metric(broker, "half_open_connections") <= 8);
  t.true(metric(broker, "refused_total", "half_open") >= 32);
});

test("packets that only a server may send end the connection", async (t) => {
  const { broker, port } = await openBroker(t);
  const types = [0x00, 0x20, 0x90, 0xb0, 0xd0, 0xf0];
  for (const first of types) {
    const client = await RawClient.login(t, port);
    client.send(Buffer.of(first, 0));
    t.is((await client.untilClosed()).length, 0);
  }
  t.is(metric(broker, "cut_total", "protocol"), types.length);
});

test("a packet above the limit ends the connection at its header", async (t) => {
  const { broker, port } = await openBroker(t);
  const client = await RawClient.login(t, port);
  client.send(Buffer.of(0x30, 0xff, 0xff, 0xff, 0x7f));
  await client.untilClosed();
  t.is(metric(broker, "cut_total", "packet_size"), 1);
});

test("QoS 2 messages that are never released are bounded", async (t) => {
  const { port, broker } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], anonymousRules: { publish: ["#"] }, limits: { inFlight: 10 } },
  });
  const client = await RawClient.login(t, port);
  for (let id = 1; id <= 11; id++) client.send(publishPacket("a/b", "x", 2, id));
  const answers = await client.untilClosed();
  t.true(answers.length <= 10 * 4);
  await RawClient.login(t, port);
  t.is(metric(broker, "clients"), 1);
});

test("a keepalive above the limit, or none, is refused", async (t) => {
  const { broker, port } = await openBroker(t);
  for (const keepalive of [0, 1201]) {
    const client = await RawClient.open(t, port);
    client.send(connectPacket({ keepalive }));
    t.deepEqual([...(await client.untilClosed())], [0x20, 2, 0, 2]);
  }
  t.is(metric(broker, "refused_total", "keepalive"), 2);
});

test("topics of the broker itself are closed, as messages, wills and subscriptions", async (t) => {
  const { port } = await openBroker(t);
  for (const topic of ["$SYS/x", "$CONTROL/dynamic-security/v1", "$", "$share/g/t"]) {
    const publisher = await RawClient.login(t, port);
    publisher.send(publishPacket(topic, "x"));
    await publisher.untilClosed();
    const dying = await RawClient.open(t, port);
    dying.send(connectPacket({ will: { topic, payload: "x" } }));
    t.deepEqual([...(await dying.untilClosed())], [0x20, 2, 0, 5]);
    const subscriber = await RawClient.login(t, port);
    subscriber.send(subscribePacket(topic));
    t.deepEqual([...(await subscriber.take(5))], [0x90, 3, 0, 1, 0x80]);
  }
});

test("deep topics are refused and harm nobody else", async (t) => {
  const { port } = await openBroker(t);
  const healthy = await RawClient.login(t, port, { id: "healthy" });
  const deep = "a/".repeat(20_000);
  const publisher = await RawClient.login(t, port);
  publisher.send(publishPacket(deep, "x"));
  await publisher.untilClosed();
  const subscriber = await RawClient.login(t, port);
  subscriber.send(subscribePacket(`${deep}#`));
  await subscriber.untilClosed();
  await t.notThrowsAsync(healthy.ping());
});

test("a filter or topic that breaks the rules of MQTT ends the connection", async (t) => {
  const { port } = await openBroker(t);
  for (const bytes of [
    subscribePacket("a/#/b"),
    subscribePacket("a+"),
    subscribePacket(""),
    publishPacket("a/+", "x"),
    publishPacket("", "x"),
    publishPacket("a\0b", "x"),
  ]) {
    const client = await RawClient.login(t, port);
    client.send(bytes);
    await t.notThrowsAsync(client.untilClosed());
  }
});

test("many filters in one SUBSCRIBE stop at the bound", async (t) => {
  const { broker, port } = await openBroker(t, { config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { subscriptions: 50 } } });
  const client = await RawClient.login(t, port, { id: "many", clean: false });
  client.send(packet(0x82, Buffer.of(0, 1), ...Array.from({ length: 3000 }, (_, at) => Buffer.concat([field(`a/${at}`), Buffer.of(1)]))));
  const answer = await client.take(3 + 2 + 3000);
  t.is([...answer.subarray(5)].filter((code) => code === 1).length, 50);
  t.is(metric(broker, "subscriptions"), 50);
});

test("a second CONNECT ends the connection", async (t) => {
  const { port } = await openBroker(t);
  const client = await RawClient.login(t, port);
  client.send(connectPacket());
  t.is((await client.untilClosed()).length, 0);
});

test("clients beyond the bound are told that there is no room", async (t) => {
  const { port } = await openBroker(t, { config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { clients: 2 } } });
  await RawClient.login(t, port, { id: "one" });
  await RawClient.login(t, port, { id: "two" });
  const third = await RawClient.open(t, port);
  third.send(connectPacket({ id: "three" }));
  t.deepEqual([...(await third.untilClosed())], [0x20, 2, 0, 3]);
  await RawClient.login(t, port, { id: "two" });
});

test("CONNECT in single bytes, and all at once with what follows, both work", async (t) => {
  const { port } = await openBroker(t);
  const slow = await RawClient.open(t, port);
  for (const byte of connectPacket({ id: "slow" })) slow.send(Buffer.of(byte));
  t.deepEqual([...(await slow.take(4))], [0x20, 2, 0, 0]);
  const eager = await RawClient.open(t, port);
  eager.send(connectPacket({ id: "eager" }), subscribePacket("a/b"), publishPacket("a/b", "x", 1, 7));
  t.deepEqual([...(await eager.take(4 + 5))], [0x20, 2, 0, 0, 0x90, 3, 0, 1, 0]);
  const rest = await eager.ping();
  t.true(rest.includes(publishPacket("a/b", "x")));
  t.true(rest.includes(ackPacket(0x40, 7)));
});

test("the store's directory is for its owner only", async (t) => {
  const { directory } = await openBroker(t);
  t.is((await stat(directory)).mode & 0o777, 0o700);
});
