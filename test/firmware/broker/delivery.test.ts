import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import test from "ava";
import { connectAsync, type IPublishPacket, type MqttClient } from "mqtt";
import type { BrokerMessage, RetainedView } from "../../../shared/broker/ports.ts";
import { peerTest } from "../../harness/peers.ts";
import { metric, openBroker } from "./open-broker.ts";
import { publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const run = promisify(execFile);

async function client(t: ExecutionContext, port: number, options: object = {}): Promise<MqttClient> {
  const one = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  t.teardown(() => one.end(true));
  return one;
}

/** The next `count` messages, as `topic payload` with QoS and retain. */
function next(one: MqttClient, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const found: string[] = [];
    const onMessage = (topic: string, payload: Buffer, packet: IPublishPacket): void => {
      if (found.push(`${topic} ${payload} ${packet.qos}${packet.retain ? "r" : ""}`) < count) return;
      one.off("message", onMessage);
      resolve(found);
    };
    one.on("message", onMessage);
  });
}

test("every pair of QoS ends in the lower of the two", async (t) => {
  const { port } = await openBroker(t);
  const publisher = await client(t, port);
  for (const granted of [0, 1, 2] as const) {
    const subscriber = await client(t, port);
    await subscriber.subscribeAsync("pair/+", { qos: granted });
    const messages = next(subscriber, 3);
    for (const qos of [0, 1, 2] as const) await publisher.publishAsync(`pair/${qos}`, "x", { qos });
    t.deepEqual(
      (await messages).sort(),
      [0, 1, 2].map((qos) => `pair/${qos} x ${Math.min(qos, granted)}`),
    );
    await subscriber.endAsync();
  }
});

test("overlapping subscriptions deliver once, with the highest QoS granted", async (t) => {
  const { port } = await openBroker(t);
  const one = await client(t, port);
  await one.subscribeAsync({ "o/#": { qos: 0 }, "o/+": { qos: 2 }, "o/a": { qos: 1 } });
  const messages = next(one, 2);
  await one.publishAsync("o/a", "1", { qos: 2 });
  await one.publishAsync("o/b/c", "2", { qos: 2 });
  t.deepEqual(await messages, ["o/a 1 2", "o/b/c 2 0"]);
});

test("a message of more than one chunk of the socket arrives whole", async (t) => {
  const { port } = await openBroker(t);
  const one = await client(t, port);
  await one.subscribeAsync("big");
  const payload = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at & 0xff));
  const message = new Promise<Buffer>((resolve) => one.once("message", (_topic, bytes) => resolve(bytes)));
  await one.publishAsync("big", payload, { qos: 1 });
  t.deepEqual(await message, payload);
});

test("retained messages reach new subscriptions, with the retain flag, until an empty one removes them", async (t) => {
  const { broker, port } = await openBroker(t);
  const one = await client(t, port);
  await one.publishAsync("r/a", "1", { qos: 1, retain: true });
  await one.publishAsync("r/b", "2", { qos: 0, retain: true });
  const late = await client(t, port);
  const messages = next(late, 2);
  await late.subscribeAsync("r/#", { qos: 1 });
  t.deepEqual((await messages).sort(), ["r/a 1 1r", "r/b 2 0r"]);
  await one.publishAsync("r/a", "", { qos: 1, retain: true });
  t.is(metric(broker, "retained_messages"), 1);
});

test("more retained messages than a client's queue may hold all arrive", async (t) => {
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], limits: { outSoftBytes: 65_536 } },
  });
  const payload = "p".repeat(2000);
  for (let index = 0; index < 1000; index++) void broker.publish(`many/${index}`, payload, { qos: 0, retain: true });
  const one = await client(t, port);
  const messages = next(one, 1000);
  await one.subscribeAsync("many/+");
  t.is(new Set(await messages).size, 1000);
});

test("a view's messages are made when a client subscribes and never stored", async (t) => {
  const twins = new Map([
    ["penstock/v1/pump/twin/level/reported", "1"],
    ["penstock/v1/pump/twin/flow/reported", "2"],
  ]);
  const view: RetainedView = {
    owns: (topic) => topic.endsWith("/reported"),
    *messages() {
      for (const [topic, payload] of twins) yield { topic, payload: Buffer.from(payload) };
    },
    message: (topic) => {
      const payload = twins.get(topic);
      return payload === undefined ? undefined : Buffer.from(payload);
    },
  };
  const { broker, port } = await openBroker(t, { retainedViews: [view] });
  const one = await client(t, port);
  const all = next(one, 2);
  await one.subscribeAsync("penstock/v1/+/twin/+/reported", { qos: 1 });
  t.deepEqual((await all).sort(), ["penstock/v1/pump/twin/flow/reported 2 1r", "penstock/v1/pump/twin/level/reported 1 1r"]);
  const live = next(one, 1);
  await broker.publish("penstock/v1/pump/twin/level/reported", "3", { qos: 1, retain: true });
  t.deepEqual(await live, ["penstock/v1/pump/twin/level/reported 3 1"]);
  const exact = await client(t, port);
  const single = next(exact, 1);
  await exact.subscribeAsync("penstock/v1/pump/twin/flow/reported");
  t.deepEqual(await single, ["penstock/v1/pump/twin/flow/reported 2 0r"]);
  t.is(metric(broker, "retained_messages"), 0);
});

test("only the board publishes what the board owns", async (t) => {
  const { broker, port } = await openBroker(t);
  for (const topic of ["penstock/v1/a/data/b", "penstock/v1/a/twin/b/reported", "penstock/v1/a/twin/b/desired", "penstock/v1/a/status"]) {
    const one = await RawClient.login(t, port);
    one.send(publishPacket(topic, "x", 1));
    t.is((await one.untilClosed()).length, 0);
    t.false(broker.mayPublish("anonymous", topic));
  }
  t.is(metric(broker, "cut_total", "forbidden"), 4);
  t.true(broker.mayPublish("anonymous", "penstock/v1/a/twin/b/set"));
});

test("the board hears of clients' messages and who sent them, not of its own, and its errors stay with it", async (t) => {
  const { broker, log, port } = await openBroker(t);
  const heard: BrokerMessage[] = [];
  broker.handle("h/+/set", (message) => heard.push(message));
  broker.handle("h/#", () => {
    throw new Error("handler");
  });
  await broker.publish("h/own/set", "x", { qos: 1, retain: false });
  const one = await client(t, port);
  await one.publishAsync("h/a/set", "1", { qos: 2 });
  t.deepEqual(
    heard.map(({ topic, payload, qos, retain, principal }) => [topic, Buffer.from(payload).toString(), qos, retain, principal]),
    [["h/a/set", "1", 2, false, "anonymous"]],
  );
  t.is(metric(broker, "handler_errors_total"), 1);
  t.true(log.entries.some(({ level }) => level === "error"));
});

test("listened says whether a client's subscription matches now", async (t) => {
  const { broker, port } = await openBroker(t);
  t.false(broker.listened("l/a"));
  const one = await RawClient.login(t, port);
  one.send(subscribePacket("l/+"));
  await one.ping();
  t.true(broker.listened("l/a"));
  t.false(broker.listened("l/a/b"));
  one.send(Buffer.of(0xa2, 7, 0, 2, 0, 3, 0x6c, 0x2f, 0x2b));
  await one.ping();
  t.false(broker.listened("l/a"));
});

test("a will is published when its client is lost, not when it says goodbye", async (t) => {
  const { port } = await openBroker(t);
  const watcher = await client(t, port);
  await watcher.subscribeAsync("w/#");
  const polite = await RawClient.login(t, port, { id: "polite", will: { topic: "w/polite", payload: "gone" } });
  polite.send(Buffer.of(0xe0, 0));
  await polite.untilClosed();
  const lost = await RawClient.login(t, port, { id: "lost", will: { topic: "w/lost", payload: "gone", retain: true } });
  const message = next(watcher, 1);
  lost.socket.destroy();
  t.deepEqual(await message, ["w/lost gone 0"]);
  const late = await client(t, port);
  const kept = next(late, 1);
  await late.subscribeAsync("w/#");
  t.deepEqual(await kept, ["w/lost gone 0r"]);
});

test("a subscriber that does not read loses QoS 0 messages and nobody else does", async (t) => {
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], anonymousRules: { publish: ["#"] }, limits: { outSoftBytes: 65_536 } },
  });
  const frozen = await RawClient.login(t, port, { id: "frozen" });
  frozen.send(subscribePacket("f"));
  await frozen.ping();
  frozen.socket.pause();
  const healthy = await client(t, port);
  await healthy.subscribeAsync("f");
  let got = 0;
  let wake = (): void => undefined;
  healthy.on("message", () => {
    got++;
    wake();
  });
  const publisher = await client(t, port);
  const payload = Buffer.alloc(65_536);
  let sent = 0;
  while (metric(broker, "dropped_messages_total", "slow") < 20) {
    await publisher.publishAsync("f", payload, { qos: 1 });
    sent++;
  }
  while (got < sent) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  t.is(got, sent);
});

test("a subscriber that does not read is cut off when acknowledged messages pile up", async (t) => {
  const limits = { outSoftBytes: 65_536, outHardBytes: 1_048_576, offlineBytes: 65_536, packetBytes: 131_072 };
  const { broker, port } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], anonymousRules: { publish: ["#"] }, limits },
  });
  const frozen = await RawClient.login(t, port, { id: "frozen" });
  frozen.send(subscribePacket("f", 1));
  await frozen.ping();
  frozen.socket.pause();
  const publisher = await client(t, port);
  while (metric(broker, "cut_total", "out_queue") === 0) await publisher.publishAsync("f", Buffer.alloc(65_536), { qos: 1 });
  t.is(metric(broker, "clients"), 1);
});

test("when the broker closes, clients hear nothing more and it can be closed twice", async (t) => {
  const { broker, port } = await openBroker(t);
  const one = await RawClient.login(t, port);
  one.send(subscribePacket("c"));
  await one.ping();
  await Promise.all([broker.close(), broker.close()]);
  await one.untilClosed();
  await t.throwsAsync(broker.publish("c", "x", { qos: 0, retain: false }), { code: "EDGE_BROKER_CLOSED" });
});

peerTest("mosquitto-clients")("Debian's clients publish and subscribe at every QoS", async (t) => {
  const { broker, port } = await openBroker(t);
  const subscriber = spawn("mosquitto_sub", ["-p", `${port}`, "-t", "deb/#", "-q", "2", "-C", "3", "-F", "%t %p %q"]);
  t.teardown(() => subscriber.kill());
  let output = "";
  subscriber.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  const ended = once(subscriber, "close");
  while (!broker.listened("deb/0")) await new Promise((resolve) => setImmediate(resolve));
  for (const qos of ["0", "1", "2"]) await run("mosquitto_pub", ["-p", `${port}`, "-t", `deb/${qos}`, "-m", "hello", "-q", qos]);
  await ended;
  t.deepEqual(output.trim().split("\n").sort(), ["deb/0 hello 0", "deb/1 hello 1", "deb/2 hello 2"]);
});
