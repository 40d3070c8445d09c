import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { supervisorEnvironment, supervisorFlags } from "../../host/platform/supervisor-flags.ts";
import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const rounds = 5;
const seconds = 2;
const things = 10_000;

/** What the API costs beside a bare Fastify route. */
export async function bench(): Promise<readonly Figure[]> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const children: ChildProcess[] = [];
  const start = async (file: string, ...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly said: JsonObject }> => {
    // As the supervisor starts itself.
    const small = file === "api-process.ts";
    const child = spawn(process.execPath, [...(small ? supervisorFlags : []), scriptOf(file), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...(small && supervisorEnvironment) },
    });
    children.push(child);
    return { child, said: await firstLine(child) };
  };
  try {
    // Filled by one process and served by the next: what filling leaves in memory is no part of the figure.
    await end((await start("api-process.ts", home, String(things))).child);
    const ours = await start("api-process.ts", home, "0");
    const bare = await start("bare-fastify.ts");
    const url = String(ours.said["url"]);
    const key = String(ours.said["secret"]);
    const bareUrl = String(bare.said["url"]);
    await load(bareUrl, key, "GET");
    await load(url, key, "GET");
    const gets: number[] = [];
    const patches: number[] = [];
    const peers: number[] = [];
    for (let round = 0; round < rounds; round++) {
      peers.push(await load(bareUrl, key, "GET"));
      gets.push(await load(url, key, "GET"));
      patches.push(await load(url, key, "PATCH"));
    }
    return [
      figure("GET thing, 50 connections ÷ a bare Fastify route", gets, peers, 0.5),
      figure("PATCH desired, durable, 50 connections ÷ a bare Fastify route", patches, peers, 0.15),
    ];
  } finally {
    for (const child of children) await end(child);
    await rm(home, { recursive: true, force: true });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

const scriptOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function firstLine(child: ChildProcess): Promise<JsonObject> {
  if (child.stdout === null) return {};
  for await (const line of createInterface({ input: child.stdout })) return objectIn(line);
  return {};
}

function objectIn(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}

/** Answers a second. */
async function load(url: string, key: string, method: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    scriptOf("api-load.ts"),
    url,
    key,
    method,
    String(things),
    String(seconds),
  ]);
  const { rate, failed } = objectIn(stdout.trim().split("\n").at(-1) ?? "{}");
  if (failed !== 0) console.log(`${failed} requests of ${method} failed`);
  return Number(rate);
}

function figure(name: string, ours: readonly number[], peers: readonly number[], goal: number): Figure {
  const ratio = median(ours.map((value, round) => value / (peers[round] ?? Number.NaN)));
  return { name, value: median(ours), unit: "requests/s", peer: median(peers), ratio, goal: `≥ ${goal}`, reached: ratio >= goal };
}
