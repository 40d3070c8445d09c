import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { hashPassword } from "../../firmware/broker/access/password-hash.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { instant } from "../../shared/base/units.ts";
import { buildTopic } from "../../shared/broker/topic.ts";
import type { BoardDescription } from "../../shared/connectors/link/board-description.ts";
import { GatewayEnd } from "../../shared/connectors/link/gateway-end.ts";
import { defaultGatewayLink } from "../../shared/connectors/link/link-settings.ts";
import type { LinkCommand, LinkStore } from "../../shared/connectors/ports.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { decodeSample } from "../../shared/pipeline/sample-record.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { MemoryLinkStore } from "../harness/link-store-memory.ts";
import { RunningBoard } from "../harness/running-board.ts";
import { ScriptedModbusServer } from "../harness/scripted-modbus-server.ts";
import { until } from "../harness/until.ts";

const spki = Buffer.from("302a300506032b6570032100", "hex");

/** The gateway that runs a board: a client of the board's broker, with an account of its own. */
class Gateway {
  readonly store = new MemoryLinkStore();
  readonly end: GatewayEnd;
  readonly #described: { last: BoardDescription | undefined };
  readonly #client: MqttClient;
  #commands = 0;

  private constructor(store: MemoryLinkStore, end: GatewayEnd, described: { last: BoardDescription | undefined }, client: MqttClient) {
    this.store = store;
    this.end = end;
    this.#described = described;
    this.#client = client;
  }

  static async open(t: ExecutionContext, board: RunningBoard, store = new MemoryLinkStore()): Promise<Gateway> {
    store.epoch++;
    const described: { last: BoardDescription | undefined } = { last: undefined };
    const client = await connectAsync(board.mqtt, { username: "gateway", password: "secret", reconnectPeriod: 0 });
    const topic = buildTopic({ kind: "link", thing: "board", direction: "down" });
    const keeping: LinkStore = {
      epoch: store.epoch,
      load: (id) => store.load(id),
      apply: (id, batch) => store.apply(id, batch),
      markSent: (id, cmdSeqs, origin) => store.markSent(id, cmdSeqs, origin),
      live: (id, values) => store.live(id, values),
      described: async (_id, description) => {
        described.last = description;
      },
    };
    const check = (_board: string, key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean =>
      verify(null, signed, createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" }), proof);
    const end = await GatewayEnd.open({
      board: "board",
      store: keeping,
      settings: defaultGatewayLink,
      identity: { verifier: { check }, newChallenge: () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex") },
      send: (payload) => void client.publish(topic, Buffer.from(payload), { qos: 1 }, () => {}),
      clock: new NodeClock(),
      log: new FakeLog(),
    });
    client.on("message", (_topic, payload) => end.receive(payload));
    await client.subscribeAsync(buildTopic({ kind: "link", thing: "board", direction: "up" }), { qos: 1 });
    t.teardown(async () => {
      await end.close();
      await client.endAsync(true);
    });
    end.connected();
    return new Gateway(store, end, described, client);
  }

  get description(): BoardDescription | undefined {
    return this.#described.last;
  }

  get closed(): boolean {
    return !this.#client.connected;
  }

  /** The newest kept value of a point. */
  newest(feature: string): unknown {
    const records = [...this.store.board("board").stream("samples").values()];
    return records.map(({ payload }) => decodeSample(payload)).findLast((sample) => sample?.feature === feature)?.value;
  }

  /** Sends a command and waits for its end. */
  async command(feature: string, value: LinkCommand["value"]): Promise<unknown> {
    const cmdSeq = ++this.#commands;
    const command: LinkCommand = {
      cmdSeq,
      opId: `op-${cmdSeq}`,
      thing: "unit",
      feature,
      value,
      who: "anna",
      expiresAt: instant(Date.now() + 60_000),
    };
    this.store.order("board", command);
    this.end.issue(command);
    await until(() => this.store.board("board").commands.get(cmdSeq)?.ended !== undefined);
    return this.store.board("board").commands.get(cmdSeq)?.ended;
  }
}

interface Plant {
  readonly data: string;
  readonly config: PenstockConfig;
  readonly flags: readonly string[];
}

/** A unit whose registers count up, and the configuration of a board that polls it. */
async function plant(t: ExecutionContext): Promise<Plant> {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-own-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const password = await hashPassword("secret");
  const accounts = [
    { name: "own", password, publish: ["penstock/v1/board/link/up"], subscribe: ["penstock/v1/board/link/down"] },
    { name: "gateway", password, publish: ["penstock/v1/+/link/down"], subscribe: ["penstock/v1/+/link/up"] },
  ];
  await writeFile(path.join(data, "accounts.json"), JSON.stringify({ accounts }), { mode: 0o600 });
  await writeFile(path.join(data, "own.pw"), "secret\n", { mode: 0o600 });
  await writeFile(path.join(data, "own.json"), JSON.stringify({ username: "own", passwordFile: "own.pw" }), { mode: 0o600 });
  let reads = 0;
  const server = await ScriptedModbusServer.open((request) => {
    const words = Array.from({ length: request.pdu[4] ?? 0 }, () => [reads >> 8, reads & 0xff]).flat();
    reads = (reads + 1) % 30_000;
    request.reply([request.pdu[0] ?? 0, words.length, ...words]);
  });
  t.teardown(() => server.close());
  const config: PenstockConfig = {
    lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port: server.port }],
    schedules: { fast: { every: "50 ms" } },
    devices: [
      {
        id: "unit",
        name: "A unit",
        line: "line",
        schedule: "fast",
        points: [
          { id: "count", area: "holding", address: 0, unit: "1" },
          { id: "set", area: "holding", address: 1, type: "int16", write: { min: -5, max: 5 } },
        ],
      },
    ],
    broker: { accounts: "accounts.json" },
  };
  return { data, config, flags: ["--own-gateway", path.join(data, "own.json")] };
}

async function start(t: ExecutionContext, { data, config, flags }: Plant): Promise<RunningBoard> {
  const board = await RunningBoard.start({ config, data, flags });
  t.teardown(() => board.kill());
  return board;
}

test("a board that a gateway runs brings its records, its description and its settings over its own broker, and proves who it is", async (t) => {
  const at = await plant(t);
  const first = await start(t, at);
  const gateway = await Gateway.open(t, first);
  await until(() => typeof gateway.newest("count") === "number" && gateway.description !== undefined);
  t.is(gateway.end.link.verdict, true);
  t.is((await stat(path.join(at.data, "board-key.pem"))).mode & 0o777, 0o600);
  t.like(gateway.description, {
    things: [
      { id: "board" },
      {
        id: "unit",
        name: "A unit",
        features: [
          { id: "count", type: "number", writable: false, unit: "1", period: 50 },
          { id: "set", type: "number", writable: true, minimum: -5, maximum: 5 },
          { id: "settings", type: "object", writable: true },
        ],
      },
    ],
  });
  t.deepEqual(gateway.newest("settings"), { enabled: true, period: 50, points: {} });

  t.like(await gateway.command("settings", { period: 1 }), { outcome: "refused", code: "EDGE_SETTINGS_REFUSED" });
  const after = { enabled: true, period: 200, points: {} };
  t.like(await gateway.command("settings", { period: "200 ms" }), { outcome: "done", after });
  await until(() => gateway.description?.things[1]?.features[0]?.period === 200);
  await until(() => JSON.stringify(gateway.newest("settings")) === JSON.stringify(after));

  t.is(await first.stop(), 0);
  const second = await start(t, at);
  const again = await Gateway.open(t, second, gateway.store);
  await until(() => again.description?.things[1]?.features[0]?.period === 200);
  t.like(await again.command("settings", null), { outcome: "refused" });
});

test("where a board serves stands in a file while it does, for a supervisor that comes later", async (t) => {
  const at = await plant(t);
  const file = path.join(at.data, "board-ready.json");
  const first = await start(t, at);
  const note = JSON.parse(await readFile(file, "utf8"));
  t.like(note, { pid: first.pid, addresses: first.addresses, health: first.health });
  t.regex(note.bootId, /^[0-9a-f]{32}$/);
  await first.kill();
  t.is(JSON.parse(await readFile(file, "utf8")).pid, first.pid);
  const second = await start(t, at);
  const later = JSON.parse(await readFile(file, "utf8"));
  t.is(later.pid, second.pid);
  t.not(later.bootId, note.bootId);
  t.is(await second.stop(), 0);
  await t.throwsAsync(readFile(file), { code: "ENOENT" });
});

test("an uplink of the configuration goes before the gateway that runs the board, and the log says so", async (t) => {
  const at = await plant(t);
  const board = await start(t, { ...at, config: { ...at.config, id: "other", uplink: { url: "mqtt://127.0.0.1:9" } } });
  await until(() => board.log.join("").includes("the configuration has an uplink of its own"));
  t.false(board.log.join("").includes(board.mqtt.replace("mqtt://", "mqtt:\\/\\/")));
  t.is(await board.stop(), 0);
});

test("a file of --own-gateway that is not in order ends the board with one clear line", async (t) => {
  const at = await plant(t);
  await writeFile(path.join(at.data, "own.json"), "{}}");
  const error = await t.throwsAsync(start(t, at));
  t.regex(error?.message ?? "", /own\.json: it is no JSON/);
});

test("a new value is at the gateway long before its record", async (t) => {
  const at = await plant(t);
  const board = await start(t, { ...at, config: { ...at.config, journal: { commitInterval: "1 min" } } });
  const store = new MemoryLinkStore();
  const delays: number[] = [];
  store.onLive = (values) => {
    for (const { time } of values) delays.push(Date.now() - time);
  };
  await Gateway.open(t, board, store);
  await until(() => delays.length > 20);
  delays.sort((a, b) => a - b);
  t.true((delays[10] ?? 1e9) < 10_000, `${delays.join(" ")}`);
  t.is(store.records, 0);
});
