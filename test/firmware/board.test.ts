import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { pumpStationConfig } from "../../host/acquisition/pump-station-config.ts";
import { PumpStationSimulator } from "../../host/acquisition/simulator/modbus-simulator.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { RunningBoard } from "../harness/running-board.ts";

const script = fileURLToPath(new URL("../../firmware/launch.ts", import.meta.url));

const station = () => PumpStationSimulator.open({ host: "127.0.0.1", port: 0, clock: new NodeClock(), log: new FakeLog(), seed: 1 });

function configFor(simulator: { host: string; port: number }): PenstockConfig {
  const config = pumpStationConfig(simulator);
  return {
    ...config,
    schedules: { ...config.schedules, fast: { every: "100 ms" } },
    twin: { commitInterval: "50 ms" },
  };
}

/** Keeps the last message of every topic and lets a test wait for one that fits. */
class Listener {
  readonly client: MqttClient;
  readonly last = new Map<string, unknown>();
  #waiting: { topic: string; fits: (message: Record<string, unknown>) => boolean; resolve: (message: Record<string, unknown>) => void }[] =
    [];

  constructor(client: MqttClient) {
    this.client = client;
    client.on("message", (topic, payload) => {
      const message = JSON.parse(payload.toString());
      this.last.set(topic, message);
      this.#waiting = this.#waiting.filter((one) => {
        if (one.topic !== topic || !one.fits(message)) return true;
        one.resolve(message);
        return false;
      });
    });
  }

  static async open(board: RunningBoard, filter = "#"): Promise<Listener> {
    const listener = new Listener(await connectAsync(board.mqtt, { reconnectPeriod: 0 }));
    await listener.client.subscribeAsync(filter, { qos: 1 });
    return listener;
  }

  message(topic: string, fits: (message: Record<string, unknown>) => boolean = () => true): Promise<Record<string, unknown>> {
    return new Promise((resolve) => this.#waiting.push({ topic, fits, resolve }));
  }

  async set(feature: string, value: unknown): Promise<Record<string, unknown>> {
    const correlation = String(Math.random());
    const answer = this.message("test/answers", (message) => message["correlation"] === correlation);
    await this.client.publishAsync(
      `penstock/v1/pump-station/twin/${feature}/set`,
      JSON.stringify({ value, correlation, responseTopic: "test/answers" }),
      { qos: 1 },
    );
    return answer;
  }
}

const twin = (feature: string, part = "reported") => `penstock/v1/pump-station/twin/${feature}/${part}`;

test("a value that is set over MQTT is written to the device, read back and reported, and really switches the pump", async (t) => {
  await using simulator = await station();
  const board = await RunningBoard.start({ config: configFor(simulator) });
  t.teardown(() => board.clean());
  const listener = await Listener.open(board);
  const running = listener.message(twin("run-state"), (message) => message["value"] === "starting" || message["value"] === "running");
  const desired = listener.message(twin("pump-1", "desired"));
  const reported = listener.message(twin("pump-1"), (message) => message["value"] === true);
  t.like(await listener.set("mode", "manual"), { state: "done", after: "manual" });
  t.like(await listener.set("pump-1", true), { state: "done", after: true });
  t.like(await desired, { value: true, by: "anonymous" });
  t.like(await reported, { quality: "good" });
  await running;
  t.like(await listener.set("speed-setpoint", 250), { state: "refused", code: "EDGE_WRITE_REFUSED" });
  listener.client.end(true);
  t.true(board.log.join("").includes('"audit":"write"'));
});

test("a device that goes away turns stale in the twin and on the broker, says so on its status, and comes back by itself", async (t) => {
  const simulator = await station();
  const { host, port } = simulator;
  const board = await RunningBoard.start({ config: configFor(simulator) });
  t.teardown(() => board.clean());
  const listener = await Listener.open(board);
  await listener.message("penstock/v1/pump-station/data/level", (message) => message["quality"] === "good");
  const stale = listener.message(twin("level"), (message) => message["quality"] === "stale");
  const offline = listener.message("penstock/v1/pump-station/status", (message) => message["online"] === false);
  await simulator.close();
  t.is(typeof (await stale)["value"], "number");
  t.is(typeof (await offline)["reason"], "string");
  t.is((await board.checkHealth()).state, "degraded");
  const good = listener.message(twin("level"), (message) => message["quality"] === "good");
  await using again = await PumpStationSimulator.open({ host, port, clock: new NodeClock(), log: new FakeLog(), seed: 1 });
  t.truthy(again);
  t.like(await good, { quality: "good" });
  listener.client.end(true);
});

test("after a restart the last values are there, stale, and unfinished intents are taken up", async (t) => {
  const simulator = await station();
  const { host, port } = simulator;
  const config = configFor(simulator);
  const first = await RunningBoard.start({ config });
  const before = await Listener.open(first);
  await before.set("mode", "manual");
  await simulator.close();
  void before.set("pump-1", true);
  await before.message(twin("pump-1", "desired"));
  before.client.end(true);
  t.is(await first.stop(), 0);

  const second = await RunningBoard.start({ config, data: first.data });
  t.teardown(() => second.clean());
  const after = await Listener.open(second);
  const level = after.last.get(twin("level")) ?? (await after.message(twin("level")));
  t.like(level, { quality: "stale", reason: "not read since the board started" });
  t.is(typeof Object(level).value, "number");
  const pump = after.message(twin("pump-1"), (message) => message["value"] === true);
  await using again = await PumpStationSimulator.open({ host, port, clock: new NodeClock(), log: new FakeLog(), seed: 1 });
  again.station.command({ automatic: false });
  t.like(await pump, { quality: "good" });
  after.client.end(true);
});

test("metrics and health tell what is going on", async (t) => {
  await using simulator = await station();
  const board = await RunningBoard.start({ config: configFor(simulator) });
  t.teardown(() => board.clean());
  const listener = await Listener.open(board);
  await listener.message("penstock/v1/pump-station/data/level");
  const text = await (await fetch(`${board.health}/metrics`)).text();
  for (const family of [
    "penstock_polls_total",
    "penstock_poll_requests_saved_total",
    "penstock_device_online",
    "penstock_samples_total",
    "penstock_task_lateness_seconds_bucket",
    "penstock_modbus_requests_total",
    "penstock_broker_clients",
    "penstock_twin_features",
    "process_resident_memory_bytes",
  ]) {
    t.true(text.includes(`\n${family}`), family);
  }
  const health = await fetch(`${board.health}/health`);
  t.is(health.status, 200);
  t.like(await health.json(), { state: "ok", id: "board" });
  t.is((await fetch(`${board.health}/elsewhere`)).status, 404);
  t.is((await fetch(`${board.health}/health`, { method: "POST" })).status, 405);
  listener.client.end(true);
});

async function end(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

test("a board with a bad configuration, a taken port or a directory it may not write ends with code 1 and one clear line", async (t) => {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-end-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const file = path.join(data, "penstock.json");

  t.like(await end(["--data", data]), { code: 1 });
  await writeFile(file, '{"devices": [{"id": "pump", "line": "plc", "points": [{"id": "level", "area": "holding", "address": -1}]}]}');
  const bad = await end(["--data", data, "--mqtt-port", "0", "--health-port", "0"]);
  t.is(bad.code, 1);
  t.true(bad.output.includes("/devices/0/points/0/address"), bad.output);
  t.true(bad.output.includes("penstock.json"));

  await writeFile(file, "{}");
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = String(typeof address === "object" && address !== null ? address.port : 0);
  const busy = await end(["--data", data, "--mqtt-port", port, "--health-port", "0"]);
  t.is(busy.code, 1);
  t.true(busy.output.includes(port) && busy.output.includes("--mqtt-port"), busy.output);
  const busyHealth = await end(["--data", data, "--mqtt-port", "0", "--health-port", port]);
  t.is(busyHealth.code, 1);
  t.true(busyHealth.output.includes("--health-port"), busyHealth.output);
  taken.close();

  const blocked = await end(["--data", path.join(file, "below"), "--config", file, "--mqtt-port", "0", "--health-port", "0"]);
  t.is(blocked.code, 1);
  t.true(blocked.output.includes("below"), blocked.output);
});

test("an open door is refused at start: a listener beyond loopback needs TLS and accounts", async (t) => {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-door-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  await writeFile(path.join(data, "penstock.json"), JSON.stringify({ broker: { listeners: [{ protocol: "mqtt", host: "0.0.0.0" }] } }));
  const open = await end(["--data", data, "--mqtt-port", "0", "--health-port", "0"]);
  t.is(open.code, 1);
  t.true(open.output.includes("0.0.0.0"), open.output);
});
