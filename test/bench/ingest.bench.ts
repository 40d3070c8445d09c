import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ClassicLevel } from "classic-level";
import { connectAsync } from "mqtt";
import { BoardRegistry } from "../../host/broker/coordinator/board-registry.ts";
import { Coordinator } from "../../host/broker/coordinator/coordinator.ts";
import { LiveReadings } from "../../host/broker/feed/live-readings.ts";
import { GatewayLinkStore } from "../../host/broker/link-store/gateway-link-store.ts";
import type { BoardTransport } from "../../host/broker/transport/board-transport.ts";
import { MemoryBoardTransport } from "../../host/broker/transport/board-transport-memory.ts";
import { MqttBoardTransport } from "../../host/broker/transport/board-transport-mqtt.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { freePort } from "../harness/free-port.ts";
import { AppendBoard } from "./append-board.ts";
import type { Figure } from "./figure.ts";

const boards = 50;
const streams = 200;
/** Records of one append. */
const records = 20;
const appends = 3;
const rounds = 5;
const goal = 0.5;
const script = fileURLToPath(new URL("./broker-process.ts", import.meta.url));
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const everybody = { allows: () => true, refusal: () => undefined, everywhere: () => true, rolesOf: () => [] };

interface Ingest {
  /** A second. */
  readonly rate: number;
  /** Records of one change of the store. */
  readonly batch: number;
  /** Processor time of one record, microseconds. */
  readonly cpu: number;
}

function fleet(): readonly AppendBoard[] {
  return Array.from({ length: boards }, (_, at) => new AppendBoard({ id: `board-${at}`, streams, records, appends }));
}

/** All records of all boards, from the first append to the last acknowledgement, into a store on disk. */
async function ingest(transport: BoardTransport, join: (fleet: readonly AppendBoard[]) => Promise<() => Promise<void>>): Promise<Ingest> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-bench-"));
  const clock = new NodeClock();
  const store = await LevelGatewayStore.open({ directory: path.join(directory, "store"), clock, log: quiet });
  const feed = new LiveReadings({ history: store.history, clock });
  const links = await GatewayLinkStore.open({ store, listener: feed, clock, log: quiet });
  let coordinator: Coordinator | undefined;
  const registry = await BoardRegistry.open({
    store,
    file: path.join(directory, "boards.json"),
    access: everybody,
    refusals: { refused: () => undefined },
    clock,
    log: quiet,
    changed: (id, now, before) => coordinator?.changed(id, now, before),
  });
  const all = fleet();
  for (const { id } of all) await registry.create({ id: "system", type: "system", via: "system" }, { id });
  coordinator = Coordinator.open({ registry, links, transport, feed, clock, log: quiet, proves: false });
  try {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const leave = await join(all);
    await Promise.all(all.map((board) => board.done));
    const span = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    const count = all.reduce((sum, board) => sum + board.records, 0);
    if (links.records !== count) throw new Error(`${links.records} records were kept, ${count} were sent`);
    await leave();
    return { rate: (count * 1000) / span, batch: count / links.batches, cpu: (user + system) / count };
  } finally {
    await coordinator.close();
    await registry.close();
    links.close();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export function ingestOverMemory(): Promise<Ingest> {
  const transport = new MemoryBoardTransport();
  return ingest(transport, async (all) => {
    for (const board of all) {
      const peer = transport.join(board.id, (payload) => board.receive(payload));
      board.join((payload) => peer.send(payload));
    }
    return async () => {};
  });
}

/** Boards in one client on a real broker, which is a process of its own. */
async function overBroker(): Promise<Ingest> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-bench-"));
  const port = await freePort();
  const broker = spawn(process.execPath, [script, directory, `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(broker.stdout, "data");
    const url = `mqtt://127.0.0.1:${port}`;
    const transport = new MqttBoardTransport({ url: () => url, clock: new NodeClock(), log: quiet, random: Math.random });
    return await ingest(transport, async (all) => {
      const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
      const byTopic = new Map(all.map((board) => [`penstock/v1/${board.id}/link/down`, board]));
      client.on("message", (topic, payload) => byTopic.get(topic)?.receive(payload));
      await client.subscribeAsync("penstock/v1/+/link/down", { qos: 1 });
      for (const board of all)
        board.join(
          (payload) =>
            void client.publish(
              `penstock/v1/${board.id}/link/up`,
              Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
              { qos: 1 },
              () => {},
            ),
        );
      return async () => {
        await client.endAsync(true);
      };
    });
  } finally {
    broker.kill("SIGTERM");
    await once(broker, "exit");
    await rm(directory, { recursive: true, force: true });
  }
}

/** Raw LevelDB: one put a record, each batch synced, batches of `size`. @returns records a second */
export async function raw(count: number, size: number): Promise<number> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-bench-"));
  const db = new ClassicLevel<string, Uint8Array>(directory, { keyEncoding: "utf8", valueEncoding: "view" });
  try {
    await db.open();
    const begun = performance.now();
    for (let at = 0; at < count; ) {
      const batch = db.batch();
      for (const end = Math.min(count, at + size); at < end; at++) {
        const board = at % boards;
        const stream = at % streams;
        const time = 1_700_000_000_000 + at;
        const value = encodeUtf8(`{"t":"board-${board}-s${stream}","f":"s${stream}","v":${((at * 37) % 1000) / 10},"s":${time}}`);
        batch.put(`rec/board-${board}-s${stream}/s${stream}/${time.toString(16).padStart(16, "0")}`, value);
      }
      await batch.write({ sync: true });
    }
    return (count * 1000) / (performance.now() - begun);
  } finally {
    await db.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** 50 boards with 200 streams each, all the way to the acknowledged batch; peer: raw synced batches of the same number of records. */
export async function bench(): Promise<readonly Figure[]> {
  const count = boards * streams * records * appends;
  const ours: Ingest[] = [];
  const peers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await ingestOverMemory();
    ours.push(one);
    peers.push(await raw(count, Math.round(one.batch)));
  }
  const broker = await overBroker();
  const rate = median(ours.map((one) => one.rate));
  const peer = median(peers);
  const ratio = median(ours.map((one, at) => one.rate / (peers[at] ?? Number.NaN)));
  return [
    {
      name: `ingest, ${boards} boards × ${streams} streams, to the acknowledged batch`,
      value: rate,
      unit: "records/s",
      peer,
      ratio,
      goal: `≥ ${goal}`,
      reached: ratio >= goal,
    },
    { name: "ingest, records of one change", value: median(ours.map((one) => one.batch)), unit: "records" },
    { name: "ingest, CPU", value: median(ours.map((one) => one.cpu)), unit: "µs/record" },
    { name: "ingest, over a broker in a process of its own", value: broker.rate, unit: "records/s", peer, ratio: broker.rate / peer },
  ];
}
