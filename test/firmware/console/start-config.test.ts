import test from "ava";
import { brokerStartConfig, pathsIn } from "../../../firmware/console/start-config.ts";

const limits = { points: 1, clients: 50, twinBytes: 1, journalBytes: 1 };

test("files are where the configuration is", (t) => {
  const absolute = pathsIn("/etc/penstock");
  t.deepEqual([absolute("a.pem"), absolute("../b.pem"), absolute("/c.pem")], ["/etc/penstock/a.pem", "/etc/b.pem", "/c.pem"]);
  const broker = brokerStartConfig(
    {
      broker: {
        accounts: "accounts.json",
        listeners: [{ protocol: "mqtts", certificate: "a.crt", key: "a.key", authority: "/ca.crt" }, { protocol: "mqtt" }],
      },
    },
    { settings: { mqttPort: 7 }, directory: "/etc/penstock" },
  );
  t.is(broker.accounts, "/etc/penstock/accounts.json");
  t.deepEqual(broker.listeners, [
    { protocol: "mqtts", certificate: "/etc/penstock/a.crt", key: "/etc/penstock/a.key", authority: "/ca.crt" },
    { protocol: "mqtt", port: 7 },
  ]);
});

test("a broker takes no more clients than its board bears, unless it is told of fewer", (t) => {
  const clientsOf = (clients: number | undefined, bears: number | undefined): number | undefined =>
    brokerStartConfig(
      { broker: { limits: { ...(clients !== undefined && { clients }), sessions: 9 } } },
      { settings: {}, directory: "/", board: bears === undefined ? undefined : { limits: { ...limits, clients: bears } } },
    ).limits?.clients;
  t.deepEqual(
    [clientsOf(undefined, undefined), clientsOf(undefined, 50), clientsOf(undefined, 5000), clientsOf(20, 50)],
    [500, 50, 500, 20],
  );
  t.is(brokerStartConfig({ broker: { limits: { sessions: 9 } } }, { settings: {}, directory: "/" }).limits?.sessions, 9);
});
