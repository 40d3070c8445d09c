import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { connectAsync } from "mqtt";
import { boardTargets, ownTarget } from "../host/build/board-targets.ts";
import { buildPlace } from "../host/build/build-place.ts";
import { bundleBoard } from "../host/build/bundle-board.ts";
import { pinnedNodes } from "../host/build/pinned-nodes.ts";
import { verifyBundle } from "../host/build/verify-bundle.ts";
import { jsonSchemas } from "../shared/console/json-schemas.ts";
import { BundledBoard, runBuildScript } from "./harness/board-bundle.ts";
import { FarmProcess } from "./harness/farm-process.ts";
import { peerTest } from "./harness/peers.ts";
import { RunningBoard } from "./harness/running-board.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const target = ownTarget()?.name ?? "linux-x64";
const bundle = path.join(root, "dist", "board", target);

test.serial("the built bundle runs a board where nothing else is, over TCP and WebSocket, and answers a scrape", async (t) => {
  runBuildScript(target);
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
  runBuildScript("schema");
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    t.deepEqual(JSON.parse(await readFile(path.join(root, "dist", "schema", name), "utf8")), JSON.parse(JSON.stringify(schema)));
  }
});

test.serial("a bundle made anew, its native parts compiled elsewhere, is the same to the byte", async (t) => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), "penstock-anew-"));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  const usual = buildPlace(root.replace(/\/$/, ""), () => undefined);
  const place = { ...usual, cache: path.join(elsewhere, "cache") };
  // The Nodes are the fetched ones; what was compiled is not.
  await mkdir(place.cache);
  for (const name of await readdir(usual.cache))
    if (name.startsWith("node-")) await symlink(path.join(usual.cache, name), path.join(place.cache, name));
  const folder = path.join(elsewhere, "bundle");
  await mkdir(folder);
  const { version } = await verifyBundle(bundle);
  await bundleBoard({ place, target: boardTargets[target], nodes: pinnedNodes(place.root), version }, folder);
  t.true((await readdir(place.cache)).includes("natives"));
  t.deepEqual(await verifyBundle(folder), await verifyBundle(bundle));
  t.true((await readFile(path.join(folder, "manifest.json"))).equals(await readFile(path.join(bundle, "manifest.json"))));
});

test.serial("a damaged bundle is found out by the build script, which names the file", async (t) => {
  t.regex(runBuildScript("verify", bundle), /\d+ files as in the manifest/);
  const elsewhere = await mkdtemp(path.join(tmpdir(), "penstock-damaged-"));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  await cp(bundle, elsewhere, { recursive: true });
  await rm(path.join(elsewhere, "native", "classic-level.node"));
  t.throws(() => runBuildScript("verify", elsewhere), { message: /native\/classic-level\.node is missing/ });
});

test.serial("the code of a bundle stays below 1 MB, and says what it needs of others", async (t) => {
  const { files, node, libc, revision } = await verifyBundle(bundle);
  const code = files.filter((file) => file.path.endsWith(".cjs")).reduce((sum, file) => sum + file.size, 0);
  t.true(code < 1_000_000, `${code}`);
  t.is(node, "^20.0.0 || ^24.0.0");
  t.regex(libc, /^glibc >= 2\.\d+$/);
  const head = spawnSync("git", ["-C", root, "rev-parse", "HEAD"], { encoding: "utf8" });
  t.is(revision?.replace("+", ""), head.status === 0 ? head.stdout.trim() : undefined);
  t.true((await stat(path.join(bundle, "penstock-board"))).mode % 2 === 1);
  const licences = await readFile(path.join(bundle, "third-party-licences.txt"), "utf8");
  for (const name of ["aedes", "classic-level", "argon2", "pino", "nan"]) t.regex(licences, new RegExp(`^${name} \\d`, "m"));
});

test.serial("a bundle that brings Node runs on that one", async (t) => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), "penstock-with-node-"));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  runBuildScript(target, "--node-major", "20", "--out", elsewhere);
  const folder = path.join(elsewhere, "board", target);
  t.is((await verifyBundle(folder)).bundledNode, 20);
  const data = path.join(elsewhere, "data");
  await mkdir(data);
  const board = await BundledBoard.start({ bundle: folder, config: { lines: [], devices: [] }, data });
  t.teardown(() => board.kill());
  t.is(await readlink(`/proc/${board.pid}/exe`), path.join(folder, "node"));
  t.is(await board.stop(), 0, board.log);
});

peerTest("systemd")("systemd finds nothing wrong with the unit", async (t) => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), "penstock-unit-"));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  const unit = (await readFile(path.join(bundle, "penstock-board.service"), "utf8")).replaceAll("/opt/penstock", bundle);
  const file = path.join(elsewhere, "penstock-board.service");
  await writeFile(file, unit);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
  t.is(
    stderr
      .split("\n")
      .filter((line) => line.includes("penstock-board.service"))
      .join("\n"),
    "",
  );
  t.is(status, 0, stderr);
});
