import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { connectAsync } from "mqtt";
import { jsonSchemas } from "../shared/console/json-schemas.ts";
import { FarmProcess } from "./harness/farm-process.ts";
import { RunningBoard } from "./harness/running-board.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const bundle = path.join(root, "dist", "board", `linux-${process.arch}`);

function build(...parts: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "build.mjs"), "build", ...parts], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

test.serial("the built bundle runs a board where nothing else is, over TCP and WebSocket, and answers a scrape", async (t) => {
  build("board");
  const elsewhere = await mkdtemp(path.join(tmpdir(), "penstock-bundle-"));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  await cp(bundle, elsewhere, { recursive: true });
  const farm = await FarmProcess.start();
  t.teardown(() => farm.stop());
  const board = await RunningBoard.start({
    script: path.join(elsewhere, "board.cjs"),
    config: {
      lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port: farm.port }],
      devices: [{ id: "unit", line: "line", points: [{ id: "p", area: "holding", address: 0 }] }],
      schedules: { default: { every: "50 ms" }, nightly: { cron: "0 2 * * *", zone: "Europe/Vienna" } },
      broker: {
        listeners: [
          { protocol: "mqtt", port: 0 },
          { protocol: "ws", port: 0 },
        ],
      },
    },
  });
  t.teardown(() => board.clean());
  for (const address of board.addresses) {
    const client = await connectAsync(address, { reconnectPeriod: 0 });
    const sample = new Promise<string>((resolve) =>
      client.on("message", (_topic, payload) => payload.includes('"good"') && resolve(payload.toString())),
    );
    await client.subscribeAsync("penstock/v1/unit/data/p");
    t.true((await sample).startsWith('{"value":'));
    await client.endAsync();
  }
  t.true((await (await fetch(`${board.health}/metrics`)).text()).includes("process_cpu_seconds_total"));
  t.is(await board.stop(), 0);
  t.true(existsSync(path.join(board.data, "code-cache")), "compiled code is kept for the next start");
});

test.serial("the bundle makes password hashes", (t) => {
  const { stdout } = spawnSync(process.execPath, [path.join(bundle, "hash-password.cjs")], { input: "secret\n", encoding: "utf8" });
  t.regex(stdout, /^\$argon2id\$v=19\$/);
});

test.serial("the JSON Schemas for editors are written as they are in the code", async (t) => {
  build("schema");
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    t.deepEqual(JSON.parse(await readFile(path.join(root, "dist", "schema", name), "utf8")), JSON.parse(JSON.stringify(schema)));
  }
});
