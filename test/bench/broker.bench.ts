import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../harness/free-port.ts";
import type { Figure } from "./figure.ts";
import { measureFrozen } from "./frozen-subscriber.ts";
import { type LoadPlan, measureLoad } from "./mqtt-load.ts";

interface Running {
  readonly port: number;
  readonly process: ChildProcess;
}

interface Scenario {
  readonly name: string;
  readonly plan: Pick<LoadPlan, "publishers" | "subscribers" | "qos">;
  readonly goal: number;
}

const rounds = 5;
const frozenSpan = 8000;
const frozenGoal = 0.05;
const scenarios: readonly Scenario[] = [
  { name: "broker 1→1 QoS 0", plan: { publishers: 1, subscribers: 1, qos: 0 }, goal: 0.8 },
  { name: "broker 1→20 QoS 0", plan: { publishers: 1, subscribers: 20, qos: 0 }, goal: 0.6 },
  { name: "broker 50→1 QoS 1", plan: { publishers: 50, subscribers: 1, qos: 1 }, goal: 0.9 },
];

async function startOurs(directory: string): Promise<Running> {
  const port = await freePort();
  const script = fileURLToPath(new URL("./broker-process.ts", import.meta.url));
  const process = spawn(globalThis.process.execPath, [script, join(directory, "ours"), `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (process.stdout !== null) await once(process.stdout, "data");
  return { port, process };
}

/** True when somebody listens. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** mosquitto with persistence, and without its bounds on queued messages, so that it drops nothing either. */
async function startPeer(directory: string): Promise<Running> {
  const port = await freePort();
  const store = join(directory, "peer");
  await mkdir(store);
  // It gives up root rights and must still reach its store.
  await chmod(directory, 0o755);
  await chmod(store, 0o777);
  const config = join(directory, "mosquitto.conf");
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence true",
    `persistence_location ${store}/`,
    "max_inflight_messages 0",
    "max_queued_messages 0",
    "set_tcp_nodelay true",
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  const process = spawn("/usr/sbin/mosquitto", ["-c", config], { stdio: "ignore" });
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  return { port, process };
}

async function stop({ process }: Running): Promise<void> {
  const gone = once(process, "exit");
  process.kill("SIGTERM");
  await gone;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function measure(scenario: Scenario, ours: Running, peer: Running): Promise<Figure> {
  const rates: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  const common = { ...scenario.plan, payloadBytes: 64, warmup: 300, span: 1500 };
  for (let round = 0; round < rounds; round++) {
    rates.ours.push(await measureLoad({ ...common, port: ours.port }));
    rates.peer.push(await measureLoad({ ...common, port: peer.port }));
  }
  const value = median(rates.ours);
  const ratio = value / median(rates.peer);
  return {
    name: scenario.name,
    value,
    unit: "msg/s",
    peer: median(rates.peer),
    ratio,
    goal: `≥ ${scenario.goal}`,
    reached: ratio >= scenario.goal,
  };
}

/** The broker against Debian's mosquitto, both with persistence on, 64-byte payloads; and what one frozen subscriber costs a healthy one. */
export async function bench(): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const ours = await startOurs(directory);
  const peer = await startPeer(directory);
  try {
    const figures: Figure[] = [];
    for (const scenario of scenarios) figures.push(await measure(scenario, ours, peer));
    const { lost, waited } = await measureFrozen(ours.port, frozenSpan);
    const value = 100 * Math.max(lost, waited);
    const reached = value <= 100 * frozenGoal;
    return [
      ...figures,
      { name: "broker, one frozen subscriber: a healthy one loses or waits", value, unit: "%", goal: `≤ ${100 * frozenGoal} %`, reached },
    ];
  } finally {
    await stop(ours);
    await stop(peer);
    await rm(directory, { recursive: true, force: true });
  }
}
