import { spawn } from "node:child_process";
import { once } from "node:events";
import type { JsonObject } from "../../shared/base/json.ts";
import { median, residentBytes } from "../harness/process-figures.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import type { Figure } from "./figure.ts";

const things = 10_000;
const rounds = 3;
const goal = 3;
const settled = 15_000;
const mebibyte = 1_048_576;

const pass = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** What the supervisor weighs beside a Node that does nothing. */
export async function bench(): Promise<readonly Figure[]> {
  const bare: number[] = [];
  const ours: number[] = [];
  const gateway = await RunningGateway.start({ config: { id: "bench" } });
  try {
    await fill(gateway);
    await gateway.stop();
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareNode());
      ours.push(await supervisor(gateway.data));
    }
  } finally {
    await gateway.clean();
  }
  const [value, peer] = [median(ours) / mebibyte, median(bare) / mebibyte];
  return [
    {
      name: `gateway: memory of the supervisor with ${things.toLocaleString("en")} things`,
      value,
      unit: "MiB",
      peer,
      ratio: value / peer,
      goal: `≤ ${goal}`,
      reached: value / peer <= goal,
    },
  ];
}

/** Makes things with a feature each, through the API, as an integrator's script would. */
async function fill(gateway: RunningGateway): Promise<void> {
  const post = async (target: string, body: JsonObject): Promise<void> => {
    for (;;) {
      const { ok, status } = await gateway.request("POST", target, body);
      if (ok) return;
      // Too many a second for one account: that is what the limit is for.
      if (status !== 429) throw new Error(`${target}: ${status}`);
      await pass(200);
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < things) {
      const id = `thing-${next++}`;
      await post("/api/v1/things", { id, name: `Thing ${id}`, labels: { site: `s${id.length}` } });
      await post(`/api/v1/things/${id}/features/setting`, { desired: { value: 1 } });
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}

async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await pass(settled / 5);
  const bytes = residentBytes(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  return bytes;
}

/** Memory of a supervisor that was started on a full store and has answered lists and a hundred documents. */
async function supervisor(data: string): Promise<number> {
  const gateway = await RunningGateway.start({ data, config: { id: "bench" } });
  for (let count = 0; count < 100; count++) await gateway.ask("GET", `/api/v1/things/thing-${count * 97}`);
  await gateway.ask("GET", "/api/v1/things?limit=500");
  await gateway.ask("GET", "/api/v1/overview");
  await pass(settled);
  const bytes = residentBytes(gateway.pid);
  await gateway.stop();
  return bytes;
}
