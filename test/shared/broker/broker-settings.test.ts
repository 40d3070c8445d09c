import test from "ava";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import { millis } from "../../../shared/base/units.ts";
import { BrokerConfig } from "../../../shared/broker/broker-config.ts";
import { brokerSettings } from "../../../shared/broker/broker-settings.ts";

test("without configuration the broker listens on loopback only and lets anonymous clients in", (t) => {
  const { listeners, anonymous } = brokerSettings();
  t.deepEqual(
    listeners.map(({ protocol, host, port }) => [protocol, host, port]),
    [["mqtt", "127.0.0.1", 1883]],
  );
  t.true(anonymous);
});

test("an accounts file turns anonymous clients off unless they are asked for", (t) => {
  t.false(brokerSettings({ accounts: "a.json" }).anonymous);
  t.true(brokerSettings({ accounts: "a.json", anonymous: true }).anonymous);
});

test("each protocol has its port", (t) => {
  const listeners = (["mqtt", "mqtts", "ws", "wss"] as const).map((protocol) => ({ protocol }));
  t.deepEqual(
    brokerSettings({ listeners }).listeners.map(({ port }) => port),
    [1883, 8883, 9001, 9002],
  );
});

test("bounds that depend on each other are kept consistent", (t) => {
  const { limits } = brokerSettings({
    limits: { connectTimeout: "1 min", outHardBytes: 65_536, offlineBytes: 1_000_000, offlineMessages: 50_000, outFlight: 10 },
  });
  t.is(limits.connectTimeout, millis(10_000), "a connection may not stay silent for longer");
  t.true(limits.outHardBytes >= 2 * limits.offlineBytes, "the backlog of a session fits the way to its client");
  t.is(limits.outFlight, 50_000, "a session's queue may be in flight as a whole");
});

test("the schema refuses what the broker cannot do", (t) => {
  t.deepEqual(checkSchema(BrokerConfig, {}), []);
  t.deepEqual(
    checkSchema(BrokerConfig, {
      listeners: [{ protocol: "wss", port: 0, certificate: "c.pem", key: "k.pem" }],
      limits: { topicLevels: 100 },
    }),
    [],
  );
  for (const wrong of [
    { listeners: [{ protocol: "http" }] },
    { limits: { topicLevels: 101 } },
    { limits: { keepalive: "20" } },
    { listener: [] },
  ]) {
    t.is(checkSchema(BrokerConfig, wrong).length, 1);
  }
});
