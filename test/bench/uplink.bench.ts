import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LinkMemoryFile } from "../../firmware/connectors/uplink/link-memory-file.ts";
import { MqttUplink } from "../../firmware/connectors/uplink/mqtt-uplink.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { instant, millis } from "../../shared/base/units.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { resolveUplink } from "../../shared/connectors/resolve-uplink.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../shared/pipeline/ports.ts";
import { freePort } from "../harness/free-port.ts";
import { openUplinkJournal } from "../harness/uplink-journal.ts";
import type { Figure } from "./figure.ts";

interface Received {
  readonly records: number;
  readonly syncs: number;
  readonly delays: readonly number[];
}

const backlog = Number(process.env["PENSTOCK_BENCH_RECORDS"] ?? 1_000_000);
const points = 100;
/** Live samples: so many each turn of so many milliseconds, 1,000 a second. */
const livePerTurn = 10;
const turn = 10;
const idleSpan = 4000;
const rounds = 3;
const rateGoal = 50_000;
const liveGoal = 2;

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const now = (): number => performance.timeOrigin + performance.now();
const after = (span: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, span));
const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function isReceived(message: unknown): message is Received {
  return typeof message === "object" && message !== null && "delays" in message;
}

async function ask(receiver: ChildProcess): Promise<Received> {
  const answer = once(receiver, "message");
  receiver.send("tell");
  const [message] = await answer;
  if (!isReceived(message)) throw new Error("the receiver said something else");
  return message;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Fills the journal with records of the usual size, as fast as its disk takes them. */
async function fill(journal: Journal, count: number): Promise<void> {
  const at = instant(Date.now());
  for (let id = 0; id < count; id++) {
    const payload = encodeUtf8(`{"t":"pump-${id % points}","f":"speed","v":${(id % 1000) / 10},"q":"good"}`);
    journal.append("samples", RecordKind.sample, at, payload);
    if (id % 5000 === 4999) await journal.flush();
  }
  await journal.flush();
}

/** Appends live samples at a steady rate until stopped. */
function play(journal: Journal, uplink: MqttUplink): () => void {
  let count = 0;
  const begun = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / turn) * livePerTurn;
    for (; count < due; count++) {
      const time = now();
      const payload = encodeUtf8(`{"v":${time}}`);
      journal.append("samples", RecordKind.sample, instant(time), payload);
      uplink.offer({
        stream: "samples",
        key: `pump-${count % points}/speed`,
        at: journal.info("samples").last,
        time: instant(time),
        payload,
      });
    }
  }, turn);
  return () => clearInterval(timer);
}

/** What one round came to. */
interface Round {
  readonly rate: number;
  readonly cpu: number;
  readonly perSync: number;
  readonly catching: readonly number[];
  readonly idle: readonly number[];
}

/** Catch-up over a broker process to a receiver process that syncs each batch, while live samples go on; then the same samples with nothing else to do. */
async function round(): Promise<Round> {
  const directory = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = spawn(process.execPath, [scriptOf("./broker-process.ts"), join(directory, "broker"), `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const journal = await openUplinkJournal({
    directory: join(directory, "journal"),
    log: quiet,
    commitInterval: millis(1000),
    maxBytes: 1 << 30,
  });
  const config = resolveUplink({ url });
  const uplink = await MqttUplink.open({
    // Live values go ahead of their records in both cases: otherwise the idle case would wait for the group commit, and be no measure.
    config: { ...config, link: { ...config.link, live: "always" } },
    board: "bench",
    version: "1",
    journal,
    memory: new LinkMemoryFile(join(directory, "link")),
    executor: { execute: async () => ({ outcome: "done" }) },
    clock: new NodeClock(),
    log: quiet,
    random: Math.random,
  });
  try {
    await once(broker.stdout, "data");
    await fill(journal, backlog);
    const receiver = fork(scriptOf("./receiver-process.ts"), [url, directory]);
    try {
      await once(receiver, "message");
      const stop = play(journal, uplink);
      const first = await ask(receiver);
      const begun = performance.now();
      const cpu = process.cpuUsage();
      const catching: number[] = [];
      let last = first;
      while (last.records < backlog) {
        await after(50);
        last = await ask(receiver);
        catching.push(...last.delays);
      }
      const span = performance.now() - begun;
      const { user, system } = process.cpuUsage(cpu);
      const kept = last.records - first.records;
      while (uplink.state.name !== "connected") await after(20);
      await after(1000);
      await ask(receiver);
      await after(idleSpan);
      const { delays: idle } = await ask(receiver);
      stop();
      const perSync = last.records / Math.max(1, last.syncs);
      return { rate: (kept * 1000) / span, cpu: (user + system) / kept, perSync, catching, idle };
    } finally {
      receiver.disconnect();
    }
  } finally {
    await uplink.close();
    await journal.close();
    broker.kill("SIGTERM");
    await rm(directory, { recursive: true, force: true });
  }
}

/** A million old records and the live ones beside them: medians of several rounds. */
export async function bench(): Promise<readonly Figure[]> {
  const played: Round[] = [];
  for (let each = 0; each < rounds; each++) played.push(await round());
  const of = (figure: (round: Round) => number): number => quantile(played.map(figure), 0.5);
  const rate = of((one) => one.rate);
  const ratio = of(({ catching, idle }) => quantile(catching, 0.99) / quantile(idle, 0.99));
  return [
    {
      name: `uplink, catch-up of ${backlog.toLocaleString("en")} records, each batch synced`,
      value: rate,
      unit: "records/s",
      goal: `≥ ${rateGoal.toLocaleString("en")}`,
      reached: rate >= rateGoal,
    },
    { name: "uplink, CPU of the board in it", value: of(({ cpu }) => cpu), unit: "µs/record" },
    { name: "uplink, records a sync at the receiver", value: of(({ perSync }) => perSync), unit: "records" },
    {
      name: "uplink, live samples in it, median, peer: idle",
      value: of(({ catching }) => quantile(catching, 0.5)),
      unit: "ms",
      peer: of(({ idle }) => quantile(idle, 0.5)),
    },
    {
      name: "uplink, live samples in it, p99, peer: idle",
      value: of(({ catching }) => quantile(catching, 0.99)),
      unit: "ms",
      peer: of(({ idle }) => quantile(idle, 0.99)),
      ratio,
      goal: `≤ ${liveGoal}`,
      reached: ratio <= liveGoal,
    },
  ];
}
