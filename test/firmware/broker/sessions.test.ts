import test from "ava";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { metric, openBroker, scratch } from "./open-broker.ts";
import { ackPacket, connectPacket, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const listeners = [{ protocol: "mqtt" as const, port: 0 }];

test("a stored session gets what came while its client was away, across a restart, in order and marked as such", async (t) => {
  const directory = `${await scratch(t)}/store`;
  const first = await openBroker(t, { directory });
  const away = await RawClient.login(t, first.port, { id: "away", clean: false });
  away.send(subscribePacket("s/+", 1));
  await away.take(5);
  away.socket.destroy();
  const publisher = await RawClient.login(t, first.port, { id: "pub" });
  for (let id = 1; id <= 20; id++) publisher.send(publishPacket("s/a", `${id}`, 1, id));
  t.is((await publisher.take(80)).length, 80);
  await first.broker.close();

  const second = await openBroker(t, { directory });
  const back = await RawClient.open(t, second.port);
  back.send(connectPacket({ id: "away", clean: false }));
  t.deepEqual([...(await back.take(4))], [0x20, 2, 1, 0]);
  for (let id = 1; id <= 20; id++) {
    const message = await back.take(9 + `${id}`.length - 0);
    t.is(message[0], 0x32);
    t.is(message.subarray(9).toString(), `${id}`);
  }
  t.is(metric(second.broker, "queued_messages"), 20);
});

test("an unacknowledged message is sent again with the same packet id and DUP, an acknowledged one is not", async (t) => {
  const directory = `${await scratch(t)}/store`;
  const first = await openBroker(t, { directory });
  const one = await RawClient.login(t, first.port, { id: "one", clean: false });
  one.send(subscribePacket("d", 1));
  await one.take(5);
  await first.broker.publish("d", "1", { qos: 1, retain: false });
  await first.broker.publish("d", "2", { qos: 1, retain: false });
  const [a, b] = [await one.take(8), await one.take(8)];
  one.send(ackPacket(0x40, a.readUInt16BE(5)));
  await one.ping();
  await first.broker.close();
  const second = await openBroker(t, { directory });
  const back = await RawClient.login(t, second.port, { id: "one", clean: false });
  const again = await back.take(8);
  t.is(again[0], 0x3a);
  t.deepEqual(again.subarray(1), b.subarray(1));
  back.send(ackPacket(0x40, b.readUInt16BE(5)));
  await back.ping();
  t.is(metric(second.broker, "queued_messages"), 0);
});

test("QoS 2 is exactly once across restarts of the broker, both ways", async (t) => {
  const directory = `${await scratch(t)}/store`;
  const first = await openBroker(t, { directory });
  const receiver = await RawClient.login(t, first.port, { id: "receiver", clean: false });
  receiver.send(subscribePacket("q", 2));
  await receiver.take(5);
  const sender = await RawClient.login(t, first.port, { id: "sender", clean: false });
  sender.send(publishPacket("q", "x", 2, 9));
  t.deepEqual([...(await sender.take(4))], [0x50, 2, 0, 9]);
  const message = await receiver.take(8);
  const id = message.readUInt16BE(5);
  receiver.send(ackPacket(0x50, id));
  t.deepEqual([...(await receiver.take(4))], [0x62, 2, id >> 8, id & 0xff]);
  await first.broker.close();

  const second = await openBroker(t, { directory });
  // PUBREC was answered: only PUBREL comes again.
  const receiverBack = await RawClient.login(t, second.port, { id: "receiver", clean: false });
  t.deepEqual([...(await receiverBack.take(4))], [0x62, 2, id >> 8, id & 0xff]);
  receiverBack.send(ackPacket(0x70, id));
  // The sender repeats what it had no PUBREC for: it is known and not delivered twice.
  const senderBack = await RawClient.open(t, second.port);
  senderBack.send(connectPacket({ id: "sender", clean: false }));
  t.deepEqual([...(await senderBack.take(4))], [0x20, 2, 1, 0]);
  const again = publishPacket("q", "x", 2, 9);
  again[0] = 0x3c;
  senderBack.send(again);
  t.deepEqual([...(await senderBack.take(4))], [0x50, 2, 0, 9]);
  senderBack.send(ackPacket(0x62, 9));
  t.deepEqual([...(await senderBack.take(4))], [0x70, 2, 0, 9]);
  t.deepEqual([...(await receiverBack.ping())], [0xd0, 0]);
  t.is(metric(second.broker, "queued_messages"), 0);
});

test("CONNECT with clean session ends the stored session", async (t) => {
  const { broker, port } = await openBroker(t);
  const one = await RawClient.login(t, port, { id: "one", clean: false });
  one.send(subscribePacket("c", 1));
  await one.take(5);
  one.socket.destroy();
  t.is(metric(broker, "sessions"), 1);
  await RawClient.login(t, port, { id: "one", clean: true });
  t.is(metric(broker, "sessions"), 0);
  const back = await RawClient.open(t, port);
  back.send(connectPacket({ id: "one", clean: false }));
  t.deepEqual([...(await back.take(4))], [0x20, 2, 0, 0]);
});

test("a refused filter of a SUBSCRIBE is not stored with the session", async (t) => {
  const { broker, port } = await openBroker(t, { config: { listeners, anonymousRules: { publish: ["#"], subscribe: ["yes/#"] } } });
  const one = await RawClient.login(t, port, { id: "one", clean: false });
  one.send(Buffer.from([0x82, 14, 0, 1, 0, 3, ...Buffer.from("yes"), 1, 0, 3, ...Buffer.from("noo"), 1]));
  t.deepEqual([...(await one.take(6))], [0x90, 4, 0, 1, 1, 0x80]);
  one.socket.destroy();
  await broker.publish("noo", "x", { qos: 1, retain: false });
  await broker.publish("yes", "x", { qos: 1, retain: false });
  t.is(metric(broker, "queued_messages"), 1);
});

for (const [bound, limits, cause] of [
  ["messages", { offlineMessages: 10 }, "offline_messages"],
  ["bytes", { offlineBytes: 1024 }, "offline_bytes"],
  ["bytes of all sessions", { offlineTotalBytes: 1500 }, "offline_total"],
] as const) {
  test(`the queue of a session is bounded in ${bound}`, async (t) => {
    const { broker, port } = await openBroker(t, { config: { listeners, limits } });
    for (const id of ["a", "b"]) {
      const one = await RawClient.login(t, port, { id, clean: false });
      one.send(subscribePacket("b", 1));
      await one.take(5);
      one.socket.destroy();
    }
    for (let count = 0; count < 20; count++) await broker.publish("b", "0123456789", { qos: 1, retain: false });
    t.true(metric(broker, "dropped_messages_total", cause) > 0);
    t.is(metric(broker, "queued_messages") + metric(broker, "dropped_messages_total", cause), 40);
    t.true(metric(broker, "queued_bytes") <= 2 * 1024);
  });
}

test("sessions beyond the bound are refused, and expire when their clients stay away", async (t) => {
  const clock = new FakeClock();
  const { broker, port, log } = await openBroker(t, { clock, config: { listeners, limits: { sessions: 1, sessionExpiry: "1 h" } } });
  const one = await RawClient.login(t, port, { id: "one", clean: false });
  one.send(subscribePacket("a", 1));
  await one.take(5);
  const two = await RawClient.open(t, port);
  two.send(connectPacket({ id: "two", clean: false }));
  t.deepEqual([...(await two.untilClosed())], [0x20, 2, 0, 3]);
  await clock.advance(millis(2 * 3_600_000));
  t.is(metric(broker, "sessions"), 1, "a connected client's session does not expire");
  one.socket.destroy();
  while (metric(broker, "clients") > 0) await new Promise((resolve) => setImmediate(resolve));
  clock.jumpWall(millis(10 * 365 * 86_400_000));
  await clock.advance(millis(60_000));
  t.is(metric(broker, "sessions"), 1, "a jump of the wall clock expires nothing");
  await clock.advance(millis(3_600_000));
  t.is(metric(broker, "sessions"), 0);
  t.is(metric(broker, "expired_sessions_total"), 1);
  t.true(log.entries.some(({ message }) => message.includes("expired")));
});

test("messages that arrive while a backlog is sent come behind it", async (t) => {
  const { broker, port } = await openBroker(t);
  const one = await RawClient.login(t, port, { id: "one", clean: false });
  one.send(subscribePacket("o", 1));
  await one.take(5);
  one.socket.destroy();
  for (let count = 0; count < 200; count++) await broker.publish("o", Buffer.of(count), { qos: 1, retain: false });
  const back = await RawClient.open(t, port);
  back.send(connectPacket({ id: "one", clean: false }));
  for (let count = 200; count < 250; count++) await broker.publish("o", Buffer.of(count), { qos: 1, retain: false });
  await back.take(4);
  const received: number[] = [];
  for (let count = 0; count < 250; count++) received.push((await back.take(8))[7] ?? -1);
  t.deepEqual(
    received,
    Array.from({ length: 250 }, (_, count) => count),
  );
});

test("a client id belongs to whoever has it: a second connection takes the first one's place", async (t) => {
  const { broker, port } = await openBroker(t);
  const first = await RawClient.login(t, port, { id: "same", clean: false });
  first.send(subscribePacket("t", 1));
  await first.take(5);
  const second = await RawClient.login(t, port, { id: "same", clean: false });
  await first.untilClosed();
  await broker.publish("t", "x", { qos: 1, retain: false });
  t.is((await second.take(8)).subarray(7).toString(), "x");
  t.is(metric(broker, "clients"), 1);
});

test("a session in which there is nothing to keep ends with its connection", async (t) => {
  const { broker, port } = await openBroker(t);
  const one = await RawClient.login(t, port, { id: "one", clean: false });
  t.is(metric(broker, "sessions"), 1);
  one.socket.destroy();
  while (metric(broker, "clients") > 0) await new Promise((resolve) => setImmediate(resolve));
  t.is(metric(broker, "sessions"), 0);
});
