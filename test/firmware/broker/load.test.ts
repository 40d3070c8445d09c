import { once } from "node:events";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { settle } from "../../harness/fake-clock.ts";
import { metric, openBroker } from "./open-broker.ts";
import { connectPacket, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const mebibyte = 1 << 20;

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

/** Bytes in use once everything that is over has been collected, buffers included. */
async function used(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    await settle();
    if (typeof collect === "function") collect();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

async function shoot(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  const closed = once(socket, "close");
  socket.resume();
  socket.end(bytes);
  await closed;
}

test("thousands of malformed and unfinished CONNECTs leave nothing behind", async (t) => {
  const { broker, port } = await openBroker(t);
  const unfinished = connectPacket({ id: "x".repeat(200), will: { topic: "w", payload: "y".repeat(2000) } });
  const malformed = Buffer.from(unfinished);
  malformed.fill(0xff, 12);
  const flood = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => shoot(port, index % 2 === 0 ? malformed : unfinished.subarray(0, 1500))));
    }
  };
  await flood(1000);
  const before = await used();
  await flood(3000);
  // A kilobyte kept of each would be three times as much.
  t.true((await used()) - before < mebibyte);
  t.is(metric(broker, "clients"), 0);
  t.is(metric(broker, "backlog_bytes"), 0);
});

test("hundreds of clients with overlapping subscriptions each get every message once", async (t) => {
  const { broker, port } = await openBroker(t);
  const clients = await Promise.all(
    Array.from({ length: 300 }, async (_, index) => {
      const client = await RawClient.login(t, port, { id: `c${index}` });
      client.send(subscribePacket("o/#", 0), subscribePacket("o/+/b", 1), subscribePacket("#", 0), subscribePacket(`o/${index}/b`, 0));
      await client.take(20);
      return client;
    }),
  );
  for (let count = 0; count < 20; count++) await broker.publish("o/7/b", "x", { qos: 0, retain: false });
  const expected = publishPacket("o/7/b", "x");
  for (const client of clients)
    t.deepEqual(await client.take(20 * expected.length), Buffer.concat(Array.from({ length: 20 }, () => expected)));
  t.is(metric(broker, "messages_sent_total"), 300 * 20);
});

test("a message that nobody hears costs the board next to nothing", async (t) => {
  const { broker } = await openBroker(t, { config: { listeners: [] } });
  const topics = Array.from({ length: 1000 }, (_, index) => `penstock/v1/pump${index}/data/level`);
  const round = (): number => {
    const start = process.cpuUsage();
    for (let at = 0; at < 100_000; at++) void broker.publish(topics[at % 1000] ?? "", "x", { qos: 0, retain: false });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 100_000;
  };
  round();
  t.true(Math.min(round(), round(), round()) < 1, "microseconds of CPU time a message");
});
