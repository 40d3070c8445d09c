import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { ExecutionContext } from "ava";
import test from "ava";
import { connectAsync } from "mqtt";
import { WebSocket } from "ws";
import type { ListenerConfig } from "../../../shared/broker/broker-config.ts";
import { metric, openBroker, scratch } from "./open-broker.ts";
import { connectPacket, RawClient } from "./raw-client.ts";
import { selfSigned } from "./self-signed.ts";

async function certificateFiles(t: ExecutionContext): Promise<{ certificate: string; key: string }> {
  const directory = await scratch(t);
  const made = selfSigned();
  const files = { certificate: `${directory}/cert.pem`, key: `${directory}/key.pem` };
  await writeFile(files.certificate, made.certificate);
  await writeFile(files.key, made.key);
  return files;
}

test("messages pass between TCP, TLS, WebSocket and WebSocket over TLS", async (t) => {
  const files = await certificateFiles(t);
  const protocols = ["mqtt", "mqtts", "ws", "wss"] as const;
  const listeners = protocols.map(
    (protocol): ListenerConfig => ({ protocol, port: 0, ...(protocol.endsWith("s") && protocol !== "ws" ? files : {}) }),
  );
  const { broker } = await openBroker(t, { config: { listeners } });
  t.deepEqual(
    broker.addresses.map((address) => new URL(address).protocol),
    protocols.map((protocol) => `${protocol}:`),
  );
  const clients = await Promise.all(
    broker.addresses.map((address) => connectAsync(address, { rejectUnauthorized: false, reconnectPeriod: 0 })),
  );
  t.teardown(() => Promise.all(clients.map((client) => client.endAsync(true))));
  for (const client of clients) await client.subscribeAsync("any/+", { qos: 1 });
  const big = "x".repeat(100_000);
  for (const [index, client] of clients.entries()) {
    const all = clients.map(
      (one) => new Promise<string>((resolve) => one.once("message", (topic, payload) => resolve(`${topic} ${payload.length}`))),
    );
    await client.publishAsync(`any/${index}`, big, { qos: 1 });
    t.deepEqual(await Promise.all(all), Array(4).fill(`any/${index} 100000`));
  }
});

test("a listener beyond loopback without TLS and accounts is refused at start", async (t) => {
  const files = await certificateFiles(t);
  for (const listener of [
    { protocol: "mqtt", host: "0.0.0.0" },
    { protocol: "ws", host: "::" },
    { protocol: "mqtts", host: "0.0.0.0", ...files },
  ] as const) {
    const error = await t.throwsAsync(openBroker(t, { config: { listeners: [listener] } }), { code: "EDGE_BROKER_EXPOSED" });
    t.true(error?.message.includes(`${listener.protocol}://`));
  }
  await t.throwsAsync(openBroker(t, { config: { accounts: "accounts.json", listeners: [{ protocol: "mqtt", host: "192.0.2.1" }] } }), {
    code: "EDGE_BROKER_EXPOSED",
  });
});

test("a port that another program has is named, with what to change", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const error = await t.throwsAsync(openBroker(t, { config: { listeners: [{ protocol: "mqtt", port }] } }), { code: "EDGE_PORT_TAKEN" });
  t.true(error?.message.includes(`127.0.0.1:${port}`));
  t.true(error?.message.includes("--mqtt-port"));
});

test("a missing or broken certificate is named", async (t) => {
  const directory = await scratch(t);
  await writeFile(`${directory}/bad.pem`, "not a certificate");
  for (const files of [
    {},
    { certificate: `${directory}/none.pem`, key: `${directory}/none.pem` },
    { certificate: `${directory}/bad.pem`, key: `${directory}/bad.pem` },
  ]) {
    await t.throwsAsync(openBroker(t, { config: { listeners: [{ protocol: "mqtts", port: 0, ...files }] } }), {
      code: "EDGE_BROKER_CERTIFICATE",
    });
  }
});

test("a WebSocket of a web page connects only from an allowed origin, and only as mqtt", async (t) => {
  const { broker } = await openBroker(t, { config: { listeners: [{ protocol: "ws", port: 0, origins: ["http://console.test"] }] } });
  const url = broker.addresses[0] ?? "";
  const outcome = (protocol: string, origin?: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, protocol, origin === undefined ? {} : { origin });
      socket.on("open", () => resolve("open"));
      socket.on("error", () => resolve("refused"));
      t.teardown(() => socket.terminate());
    });
  t.is(await outcome("mqtt"), "open");
  t.is(await outcome("mqtt", "http://console.test"), "open");
  t.is(await outcome("mqtt", "http://elsewhere.test"), "refused");
  t.is(await outcome("other"), "refused");
});

test("a text frame on a WebSocket ends the connection", async (t) => {
  const { broker } = await openBroker(t, { config: { listeners: [{ protocol: "ws", port: 0 }] } });
  const socket = new WebSocket(broker.addresses[0] ?? "", "mqtt");
  await once(socket, "open");
  socket.send("text");
  await once(socket, "close");
  t.is(socket.readyState, WebSocket.CLOSED);
});

test("packets cut anywhere by WebSocket frames are put together", async (t) => {
  const { broker } = await openBroker(t, { config: { listeners: [{ protocol: "ws", port: 0 }] } });
  const socket = new WebSocket(broker.addresses[0] ?? "", "mqtt");
  t.teardown(() => socket.terminate());
  await once(socket, "open");
  for (const byte of connectPacket()) socket.send(Buffer.of(byte));
  const [answer] = await once(socket, "message");
  t.deepEqual([...answer], [0x20, 2, 0, 0]);
});

test("a TLS listener survives clients that do not speak TLS", async (t) => {
  const files = await certificateFiles(t);
  const { port, broker } = await openBroker(t, { config: { listeners: [{ protocol: "mqtts", port: 0, ...files }] } });
  const plain = await RawClient.open(t, port);
  plain.send(connectPacket());
  await plain.untilClosed();
  const client = await connectAsync(broker.addresses[0] ?? "", { rejectUnauthorized: false, reconnectPeriod: 0 });
  t.true(client.connected);
  await client.endAsync();
});

test("closing does not wait for connections that say nothing", async (t) => {
  const files = await certificateFiles(t);
  const listeners = (["mqtt", "mqtts", "ws", "wss"] as const).map((protocol): ListenerConfig => ({ protocol, port: 0, ...files }));
  const { broker, portOf } = await openBroker(t, { config: { listeners, limits: { connectTimeout: "10 s" } } });
  const silent = await Promise.all(listeners.map((_, index) => RawClient.open(t, portOf(index))));
  silent[2]?.send(Buffer.from("GET /mqtt HTTP/1.1\r\n"));
  while (metric(broker, "half_open_connections") < 4) await new Promise((resolve) => setImmediate(resolve));
  const start = performance.now();
  await broker.close();
  t.true(performance.now() - start < 5000);
});
