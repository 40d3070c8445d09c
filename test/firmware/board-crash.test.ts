import test from "ava";
import { connect, connectAsync, type MqttClient } from "mqtt";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { RunningBoard } from "../harness/running-board.ts";

const features = 8;
const rounds = 5;

/** What the board has promised so far: it must outlive every crash. */
interface Promised {
  /** By feature, the last value whose `set` was answered with done. */
  readonly desired: Map<string, number>;
  /** By feature, the last value that was asked for: it may have been kept without an answer. */
  readonly asked: Map<string, number>;
  /** Numbers of the queued messages that were acknowledged and not yet fetched. */
  readonly queued: Set<number>;
}

function configFor(port: number): PenstockConfig {
  const points = Array.from({ length: features }, (_, n) => ({
    id: `p${n}`,
    area: "holding" as const,
    address: n,
    write: { perMinute: 6000 },
  }));
  return {
    lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port, inFlight: 8 }],
    schedules: { fast: { every: "20 ms" } },
    devices: [{ id: "unit", line: "line", schedule: "fast", points }],
    twin: { commitInterval: "20 ms" },
  };
}

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** Asks for new desired values of every feature, one after the other, until the board dies. */
async function setValues(client: MqttClient, promised: Promised): Promise<void> {
  client.on("message", (topic, payload) => {
    if (topic !== "crash/answers") return;
    const reply = JSON.parse(payload.toString());
    const [feature, value] = reply.correlation.split(" ");
    if (reply.state === "done") promised.desired.set(feature, Number(value));
    ask(feature);
  });
  await client.subscribeAsync("crash/answers", { qos: 1 });
  const ask = (feature: string): void => {
    const value = ((promised.asked.get(feature) ?? 0) + 1) % 60_000;
    promised.asked.set(feature, value);
    client.publish(
      `penstock/v1/unit/twin/${feature}/set`,
      JSON.stringify({ value, correlation: `${feature} ${value}`, responseTopic: "crash/answers" }),
      { qos: 1 },
    );
  };
  for (let n = 0; n < features; n += 1) ask(`p${n}`);
}

/** Publishes numbered messages for a subscriber that is away, several at once, until the board dies. */
function fillQueue(client: MqttClient, promised: Promised, next: { number: number }): void {
  const publish = (): void => {
    const number = next.number;
    next.number += 1;
    client.publish("crash/queue", String(number), { qos: 1 }, (error) => {
      if (error) return;
      promised.queued.add(number);
      publish();
    });
  };
  for (let n = 0; n < 4; n += 1) publish();
}

/** Comes back as the subscriber that was away and takes what was kept for it. */
async function fetchQueue(board: RunningBoard, promised: Promised): Promise<void> {
  const received = new Set<number>();
  let arrived = (): void => {};
  // What was kept comes right behind CONNACK: the listener has to be there before the connection.
  const client = connect(board.mqtt, { clientId: "absent", clean: false, reconnectPeriod: 0 });
  const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
  const complete = new Promise<void>((resolve) => {
    arrived = () => [...promised.queued].every((number) => received.has(number)) && resolve();
  });
  client.on("message", (_topic, payload) => {
    received.add(Number(payload.toString()));
    arrived();
  });
  await connected;
  await client.subscribeAsync("crash/queue", { qos: 1 });
  arrived();
  await Promise.race([complete, wait(10_000)]);
  const missing = [...promised.queued].filter((number) => !received.has(number));
  if (missing.length > 0) throw new Error(`lost ${missing.length} acknowledged messages: ${missing.slice(0, 5).join(", ")}`);
  promised.queued.clear();
  // What is acknowledged to the board is gone from the queue only when it has been told.
  await client.endAsync();
}

async function checkTwins(board: RunningBoard, promised: Promised): Promise<void> {
  const client = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
  const desired = new Map<string, number>();
  client.on("message", (topic, payload) => desired.set(topic.split("/")[4] ?? "", JSON.parse(payload.toString()).value));
  const received = new Promise<void>((resolve) => client.on("message", () => desired.size >= promised.desired.size && resolve()));
  await client.subscribeAsync("penstock/v1/unit/twin/+/desired", { qos: 1 });
  if (promised.desired.size > 0) await Promise.race([received, wait(10_000)]);
  for (const [feature, value] of promised.desired) {
    const kept = desired.get(feature) ?? -1;
    const asked = promised.asked.get(feature) ?? 0;
    if (kept < value || kept > asked) throw new Error(`${feature} holds ${kept}: ${value} was promised, ${asked} was the last asked for`);
  }
  await client.endAsync();
}

for (let batch = 1; batch <= 4; batch += 1) {
  test.serial(
    `a board that is killed at random moments under load keeps what it promised, and every store opens (${batch} of 4, ${rounds} kills each)`,
    async (t) => {
      t.timeout(300_000);
      const farm = await FarmProcess.start();
      t.teardown(() => farm.stop());
      const config = configFor(farm.port);
      const promised: Promised = { desired: new Map(), asked: new Map(), queued: new Set() };
      const next = { number: 0 };
      let board = await RunningBoard.start({ config });
      t.teardown(() => board.clean());
      await fetchQueue(board, promised);
      let kept = 0;
      for (let round = 1; round <= rounds; round += 1) {
        const setter = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
        const publisher = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
        for (const client of [setter, publisher]) client.on("error", () => {});
        await setValues(setter, promised);
        fillQueue(publisher, promised, next);
        await wait(100 + Math.random() * 500);
        await board.kill();
        for (const client of [setter, publisher]) client.end(true);
        kept += promised.queued.size;

        board = await RunningBoard.start({ config, data: board.data });
        const { checks } = await board.checkHealth();
        t.deepEqual([checks.get("store twin"), checks.get("store broker")], ["ok", "ok"]);
        await checkTwins(board, promised);
        await fetchQueue(board, promised);
      }
      t.true(kept > 0 && promised.desired.size > 0, "there was load");
      t.is(await board.stop(), 0);
    },
  );
}
