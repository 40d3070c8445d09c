import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Finding } from "../../../../host/console/cli/doctor-check.ts";
import { boardHealthCheck, gatewayCheck, linkCheck, nodeCheck } from "../../../../host/console/cli/gateway-checks.ts";
import { GatewayClient } from "../../../../host/console/cli/gateway-client.ts";
import { clockCheck, configurationCheck, dataCheck, portCheck } from "../../../../host/console/cli/local-checks.ts";
import { freePort } from "../../../harness/free-port.ts";
import { problem, ScriptedGateway } from "../../../harness/scripted-gateway.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const brief = (found: Finding | readonly Finding[]): string =>
  [found]
    .flat()
    .map(({ part, state }) => `${part} ${state}`)
    .join(", ");

const clientOf = (gateway: ScriptedGateway) => async (): Promise<GatewayClient> =>
  new GatewayClient({ url: "http://127.0.0.1:8080", token: "t", stop: new AbortController().signal, fetch: gateway.fetch });

async function listening(t: ExecutionContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("a port is the gateway's when it runs, and somebody else's when it does not", async (t) => {
  const port = await listening(t);
  t.is(brief(await portCheck("the broker", port, async () => true).look()), `port ${port} ok`);
  t.is(brief(await portCheck("the broker", port, async () => false).look()), `port ${port} fail`);
});

test("a free port is in order while the gateway is stopped, and a question when it runs", async (t) => {
  const port = await freePort();
  t.is(brief(await portCheck("the broker", port, async () => false).look()), `port ${port} ok`);
  t.is(brief(await portCheck("the broker", port, async () => true).look()), `port ${port} warn`);
});

test("the data directory is looked at for what others could read and for the token that nobody used", async (t) => {
  const data = await temporaryDirectory(t);
  t.regex(brief(await dataCheck(data).look()), /^data ok, permissions ok, disk /);
  writeFileSync(path.join(data, "admin-token"), "x", { mode: 0o600 });
  t.regex(brief(await dataCheck(data).look()), /^data ok, permissions warn, disk /);
  chmodSync(path.join(data, "admin-token"), 0o644);
  t.regex(brief(await dataCheck(data).look()), /^data ok, permissions fail, disk /);
  t.is(brief(await dataCheck(path.join(data, "none")).look()), "data warn");
  t.is(brief(await dataCheck(path.join(data, "admin-token")).look()), "data fail");
  mkdirSync(path.join(data, "x"));
});

test("a clock without battery, one that differs from the gateway's, and one that nobody sets are told", async (t) => {
  const now = Date.UTC(2026, 10, 21);
  const look = async (at: number, other?: number, kept?: boolean): Promise<string> =>
    brief(
      await clockCheck(
        () => at,
        async () => kept,
        async () => other,
      ).look(),
    );
  t.is(await look(0), "clock fail");
  t.is(await look(now, now + 60_000), "clock warn");
  t.is(await look(now, now + 4000, false), "clock warn");
  t.is(await look(now, now, true), "clock ok");
  t.is(await look(now), "clock ok");
});

test("the configuration is what the board says of it", async (t) => {
  t.is(brief(await configurationCheck(async () => undefined).look()), "configuration skip");
  t.is(brief(await configurationCheck(async () => ({ sound: true, text: "sound" })).look()), "configuration ok");
  t.is(brief(await configurationCheck(async () => ({ sound: false, text: "line 3 …" })).look()), "configuration fail");
});

test("the gateway is asked for its health, its own board, its store and its boards", async (t) => {
  const gateway = new ScriptedGateway({
    "GET /health": { status: "ok" },
    "GET /api/v1/node": { board: { state: "running" }, store: { documents: 12 }, problems: [{ part: "disk", text: "little" }] },
    "GET /api/v1/boards": {
      items: [
        { id: "a", link: { state: "online" } },
        { id: "b", link: { state: "lost" } },
        { id: "c", link: { state: "discovered" } },
      ],
    },
  });
  const client = clientOf(gateway);
  t.is(brief(await gatewayCheck(client).look()), "gateway ok");
  t.is(brief(await nodeCheck(client).look()), "board ok, store ok, disk warn");
  t.is(brief(await linkCheck(client).look()), "link warn, link warn");
});

test("a failed board, a repaired store and fenced boards are found", async (t) => {
  const gateway = new ScriptedGateway({
    "GET /health": { status: "degraded" },
    "GET /api/v1/node": { board: { state: "failed" }, store: { repaired: "moved aside" }, problems: [] },
    "GET /api/v1/boards": { items: [{ id: "a", link: { state: "fenced" } }] },
  });
  const client = clientOf(gateway);
  t.is(brief(await gatewayCheck(client).look()), "gateway warn");
  t.is(brief(await nodeCheck(client).look()), "board fail, store warn");
  t.is(brief(await linkCheck(client).look()), "link fail");
});

test("an account that may not ask, and a gateway that is away, leave questions open and no failures behind", async (t) => {
  for (const status of [401, 403]) {
    const gateway = new ScriptedGateway({
      "GET /api/v1/node": problem(status, "EDGE_FORBIDDEN", "no"),
      "GET /api/v1/boards": problem(status, "EDGE_FORBIDDEN", "no"),
    });
    t.is(brief(await nodeCheck(clientOf(gateway)).look()), "node skip");
    t.is(brief(await linkCheck(clientOf(gateway)).look()), "link skip");
  }
  const away = new ScriptedGateway({
    "GET /health": () => {
      throw new TypeError("fetch failed");
    },
  });
  const found = await gatewayCheck(clientOf(away)).look();
  t.is(brief(found), "gateway fail");
});

test("the own board's health is read from its endpoint", async (t) => {
  const at = (state: string): typeof fetch => new ScriptedGateway({ "GET /health": { state } }).fetch;
  t.is(brief(await boardHealthCheck("http://127.0.0.1:9464", at("ok")).look()), "broker ok");
  t.is(brief(await boardHealthCheck("http://127.0.0.1:9464", at("degraded")).look()), "broker warn");
  const nobody: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));
  t.is(brief(await boardHealthCheck("http://127.0.0.1:9464", nobody).look()), "broker skip");
});
