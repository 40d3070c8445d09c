import { statSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { serverEvents } from "../../host/console/cli/server-events.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/base/json.ts";
import { RunningBoard } from "../harness/running-board.ts";
import { RunningGateway, type RunningGatewayOptions } from "../harness/running-gateway.ts";
import { ScriptedModbusServer } from "../harness/scripted-modbus-server.ts";

// The whole gateway with its own board, in processes of their own.

async function start(t: ExecutionContext, options: RunningGatewayOptions = {}): Promise<RunningGateway> {
  const gateway = await RunningGateway.start(options);
  t.teardown(() => gateway.clean());
  return gateway;
}

/** Asks until the answer is what is waited for; a test that waits in vain ends by its own time limit. */
async function untilAnswer<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const itemsOf = (page: JsonObject): readonly JsonObject[] => (Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : []);

const reportedValue = (feature: JsonObject): JsonValue | undefined =>
  isJsonObject(feature["reported"]) ? feature["reported"]["value"] : undefined;

const linkState = (board: JsonObject): JsonValue | undefined => (isJsonObject(board["link"]) ? board["link"]["state"] : undefined);

/** The answer, or nothing while there is no such document. */
const askIfThere = async (gateway: RunningGateway, target: string): Promise<JsonObject | undefined> => {
  const answer = await gateway.request("GET", target);
  if (answer.status === 404) return undefined;
  const value: unknown = await answer.json();
  if (!answer.ok || !isJsonObject(value)) throw new Error(`${target}: ${answer.status} ${JSON.stringify(value)}`);
  return value;
};

const featureOf = (gateway: RunningGateway, feature: string, thing = "pump-station"): Promise<JsonObject | undefined> =>
  askIfThere(gateway, `/api/v1/things/${thing}/features/${feature}`);

const untilReported = (gateway: RunningGateway, feature: string, value: JsonValue, thing?: string): Promise<JsonObject> =>
  untilAnswer(async () => {
    const document = await featureOf(gateway, feature, thing);
    return document !== undefined && reportedValue(document) === value ? document : undefined;
  });

test.serial("a first start shows the plant, carries a wish to the device and says who did what", async (t) => {
  const gateway = await start(t);
  t.is(statSync(path.join(gateway.data, "admin-token")).mode & 0o777, 0o600);
  t.is((await fetch(`${gateway.url}/api/v1/things`)).status, 401);
  await untilReported(gateway, "mode", "automatic");
  const live = await fetch(`${gateway.url}/api/v1/live?values=pump-station`, { headers: { authorization: `Bearer ${gateway.token}` } });
  const running = (async (): Promise<string> => {
    for await (const { event, data } of serverEvents(live)) {
      const values: unknown = event === "values" ? JSON.parse(data) : [];
      for (const value of Array.isArray(values) ? values : [])
        if (value.feature === "pump-1" && value.value === true) return String(value.quality);
    }
    return "the stream ended";
  })();
  await gateway.ask("PATCH", "/api/v1/things/pump-station/features/mode", { desired: { value: "manual" } });
  await untilReported(gateway, "mode", "manual");
  await gateway.ask("PATCH", "/api/v1/things/pump-station/features/pump-1", { desired: { value: true } });
  t.is(await running, "good");
  // The end of the command and the sample that shows it are records of two streams: either may be kept first.
  await untilReported(gateway, "pump-1", true);
  await untilAnswer(async () => {
    const document = await featureOf(gateway, "pump-1");
    return document?.["observedRev"] === document?.["desiredRev"] ? true : undefined;
  });
  const operations = itemsOf(await gateway.ask("GET", "/api/v1/operations?thing=pump-station"));
  t.deepEqual(
    operations.map(({ state }) => state),
    ["succeeded", "succeeded"],
  );
  const lines = itemsOf(await gateway.ask("GET", "/api/v1/audit?limit=100&order=desc"));
  t.true(
    lines.some(
      ({ action, id, actor }) => action === "feature.desired:update" && id === "pump-station/pump-1" && actor === "token:first-start",
    ),
  );
  t.like(await gateway.ask("GET", "/api/v1/audit/verify"), { ok: true });
  const refused = await gateway.request("PATCH", "/api/v1/things/pump-station/features/speed-setpoint", { desired: { value: 250 } });
  t.is(refused.status, 400);
  t.regex(await refused.text(), /100/);
});

test.serial("killed supervisors and boards lose nothing that was measured, and nothing is there twice", async (t) => {
  let value = 0;
  const device = await ScriptedModbusServer.open((request) => {
    value = (value + 1) % 60_000;
    request.reply([request.pdu[0] ?? 3, 2, value >> 8, value & 255]);
  });
  t.teardown(() => device.close());
  const config = {
    id: "press",
    schedules: { fast: { every: "50 ms" } },
    lines: [{ id: "plc", protocol: "modbus-tcp" as const, host: "127.0.0.1", port: device.port }],
    devices: [{ id: "unit", line: "plc", schedule: "fast", points: [{ id: "count", area: "holding" as const, address: 0 }] }],
  };
  let gateway = await start(t, { config });
  const readings = async (): Promise<readonly JsonObject[]> =>
    itemsOf(await gateway.ask("GET", `/api/v1/records?thing=unit&feature=count&from=0&to=${Date.now() + 60_000}&limit=5000`));
  const untilMore = async (than: number): Promise<readonly JsonObject[]> =>
    untilAnswer(async () => {
      const all = await readings();
      return all.length > than ? all : undefined;
    });
  let kept = await untilMore(30);
  const board = gateway.boardPid;
  for (let round = 0; round < 3; round++) {
    await gateway.killSupervisor();
    t.notThrows(() => process.kill(board, 0), "the board goes on without its supervisor");
    const before = value;
    await untilAnswer(async () => (value !== before ? true : undefined));
    gateway = await start(t, { config, data: gateway.data });
    t.is(gateway.boardPid, board);
    kept = await untilMore(kept.length);
  }
  process.kill(board, "SIGKILL");
  await untilAnswer(async () => (gateway.boardPid !== board ? true : undefined));
  kept = await untilMore(kept.length + 20);
  const places = kept.map(({ term, seq }) => `${term}/${seq}`);
  t.is(new Set(places).size, places.length);
  // One point that changes with every poll is every record of its stream: what was durable on the board has no hole within a term.
  const terms = new Map<JsonValue | undefined, number[]>();
  for (const { term, seq } of kept) terms.set(term, [...(terms.get(term) ?? []), Number(seq)]);
  t.is(terms.size, 2);
  for (const [term, seqs] of terms) {
    const sorted = seqs.toSorted((a, b) => a - b);
    t.deepEqual(
      sorted.filter((seq, index) => index > 0 && seq - (sorted[index - 1] ?? 0) > 2),
      [],
      `holes in term ${term}`,
    );
  }
  t.like(await gateway.ask("GET", "/api/v1/boards/press"), { link: { state: "online" } });
});

test.serial("a board that says hello unasked waits to be adopted, and brings its things when it is", async (t) => {
  const device = await ScriptedModbusServer.open((request) => request.reply([request.pdu[0] ?? 3, 2, 0, 42]));
  t.teardown(() => device.close());
  const gateway = await start(t, { config: { id: "centre" } });
  const [broker] = Array.isArray(gateway.board["addresses"]) ? gateway.board["addresses"] : [];
  const remote = await RunningBoard.start({
    config: {
      id: "line-7",
      uplink: { url: String(broker) },
      lines: [{ id: "plc", protocol: "modbus-tcp", host: "127.0.0.1", port: device.port }],
      devices: [{ id: "meter", line: "plc", points: [{ id: "power", area: "holding", address: 0, unit: "W" }] }],
    },
  });
  t.teardown(() => remote.clean());
  const found = await untilAnswer(() => askIfThere(gateway, "/api/v1/boards/line-7"));
  t.is(found["state"], "discovered");
  t.is((await gateway.request("GET", "/api/v1/things/meter")).status, 404);
  const fingerprint = String(found["keyFingerprint"]);
  t.regex(fingerprint, /^sha256:[0-9a-f]{64}$/);
  const wrong = await gateway.request("POST", "/api/v1/boards/line-7/adopt", { keyFingerprint: `sha256:${"0".repeat(64)}` });
  t.is(wrong.status, 400);
  await gateway.ask("POST", "/api/v1/boards/line-7/adopt", { name: "Line 7", labels: { site: "east" }, keyFingerprint: fingerprint });
  const power = await untilReported(gateway, "power", 42, "meter");
  t.like(power, { owner: "board", traits: { unit: "W" } });
  t.like(await gateway.ask("GET", "/api/v1/things/meter"), { board: "line-7" });
  await untilAnswer(async () => (linkState(await gateway.ask("GET", "/api/v1/boards/line-7")) === "online" ? true : undefined));
  await remote.kill();
  const lost = await untilAnswer(async () => {
    const board = await gateway.ask("GET", "/api/v1/boards/line-7");
    return linkState(board) === "online" ? undefined : board;
  });
  t.not(linkState(lost), "failed");
  t.is(reportedValue((await featureOf(gateway, "power", "meter")) ?? {}), 42);
});

test.serial("a gateway that is restored from its backup is what it was", async (t) => {
  const gateway = await start(t, { config: { id: "centre" } });
  await gateway.ask("POST", "/api/v1/things", { id: "tank", kind: "site", labels: { site: "east" } });
  const backup = await gateway.request("GET", "/api/v1/backup");
  const file = path.join(gateway.data, "..", `${path.basename(gateway.data)}.backup`);
  const { writeFileSync, rmSync } = await import("node:fs");
  writeFileSync(file, Buffer.from(await backup.arrayBuffer()));
  t.teardown(() => rmSync(file, { force: true }));
  await gateway.ask("DELETE", "/api/v1/things/tank");
  await gateway.stop();
  const { restoreBackup } = await import("../../host/twin/store/restore-backup.ts");
  await restoreBackup(file, gateway.data, true);
  const again = await start(t, { config: { id: "centre" }, data: gateway.data });
  t.like(await again.ask("GET", "/api/v1/things/tank"), { labels: { site: "east" } });
  t.like(await again.ask("GET", "/api/v1/audit/verify"), { ok: true });
});
