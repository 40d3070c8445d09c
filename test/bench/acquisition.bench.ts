import { Socket } from "node:net";
import mqtt from "mqtt";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { cpuSeconds, median, percentile } from "../harness/process-figures.ts";
import { RunningBoard } from "../harness/running-board.ts";
import type { Figure } from "./figure.ts";

const warmUp = 5000;
const window = 8000;
const rounds = 3;

/** What acquisition costs, and what a write waits for while it runs. */
export async function bench(): Promise<readonly Figure[]> {
  return [await manySmallUnits(), ...(await writeUnderLoad())];
}

type Device = NonNullable<PenstockConfig["devices"]>[number];

function farmConfig(port: number, units: number, every: string, points: (unit: number) => Device["points"]): PenstockConfig {
  const numbers = Array.from({ length: units }, (_, index) => index);
  return {
    schedules: { fast: { every } },
    lines: numbers.map((n) => ({ id: `line-${n}`, protocol: "modbus-tcp", host: "127.0.0.1", port })),
    devices: numbers.map((n) => ({ id: `unit-${n}`, line: `line-${n}`, schedule: "fast", points: points(n) })),
    twin: { maxFeatures: 100_000 },
  };
}

/** 30 registers strewn over 300: a different pattern in every unit, the same in every run. */
function scattered(unit: number): Device["points"] {
  return Array.from({ length: 30 }, (_, n) => ({ id: `p${n}`, area: "holding" as const, address: n * 10 + ((unit * 7 + n * 5) % 9) }));
}

async function goodSamples(board: RunningBoard): Promise<number> {
  const text = await (await fetch(`${board.health}/metrics`)).text();
  return Number(/penstock_samples_total\{quality="good"\} (\d+)/.exec(text)?.[1] ?? 0);
}

const pass = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

async function manySmallUnits(): Promise<Figure> {
  const farm = await FarmProcess.start();
  const board = await RunningBoard.start({ config: farmConfig(farm.port, 500, "500 ms", scattered) });
  try {
    await pass(warmUp);
    const results: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [samples, cpu, begun] = [await goodSamples(board), cpuSeconds(board.pid), performance.now()];
      await pass(window);
      const got = (await goodSamples(board)) - samples;
      results.push(got / (cpuSeconds(board.pid) - cpu));
      rates.push(got / ((performance.now() - begun) / 1000));
    }
    const value = Math.round(median(results));
    return {
      name: `500 units × 30 scattered points every 0.5 s (${Math.round(median(rates))} points/s came)`,
      value,
      unit: "points/s per core",
      goal: "≥ 30000",
      reached: value >= 30_000,
    };
  } finally {
    await board.clean();
    await farm.stop();
  }
}

/** 115 units × 100 registers every 100 ms are 115,000 points a second; meanwhile one setpoint after the other is written. */
async function writeUnderLoad(): Promise<readonly Figure[]> {
  const farm = await FarmProcess.start();
  const points = (): Device["points"] =>
    Array.from({ length: 100 }, (_, n) => ({
      id: `p${n}`,
      area: "holding" as const,
      address: n,
      ...(n === 99 && { write: { perMinute: 6000 } }),
    }));
  const board = await RunningBoard.start({ config: farmConfig(farm.port, 115, "100 ms", points) });
  const client = mqtt.connect(board.mqtt);
  try {
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    // The board's time is wanted, not that of Nagle's algorithm in the client.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    await client.subscribeAsync("bench/answers", { qos: 1 });
    await pass(warmUp);
    const [samples, begun] = [await goodSamples(board), performance.now()];
    const waits: number[] = [];
    for (let n = 0; n < 500; n += 1) {
      const sent = performance.now();
      const answered = new Promise<Buffer>((resolve) => client.once("message", (_topic, payload) => resolve(payload)));
      client.publish(
        `penstock/v1/unit-${n % 115}/twin/p99/set`,
        JSON.stringify({ value: n, responseTopic: "bench/answers", correlation: String(n) }),
        { qos: 1 },
      );
      const payload = await answered;
      const reply: unknown = JSON.parse(String(payload));
      if (typeof reply !== "object" || reply === null || !("state" in reply) || reply.state !== "done")
        throw new Error(`write ${n}: ${payload}`);
      waits.push(performance.now() - sent);
      await pass(20);
    }
    const rate = ((await goodSamples(board)) - samples) / ((performance.now() - begun) / 1000);
    const value = Number(percentile(waits, 0.99).toFixed(1));
    return [
      {
        name: `write command while ${Math.round(rate)} points/s are polled, p99 of 500 (median ${median(waits).toFixed(1)} ms; MQTT to device, read back and answered)`,
        value,
        unit: "ms",
        goal: "≤ 50 ms at ≥ 100000 points/s",
        reached: value <= 50 && rate >= 100_000,
      },
    ];
  } finally {
    client.end(true);
    await board.clean();
    await farm.stop();
  }
}
