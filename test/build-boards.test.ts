import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { connectAsync } from "mqtt";
import type { BoardTargetName } from "../host/build/board-targets.ts";
import { boardNodes } from "../host/build/node-flags.ts";
import { verifyBundle } from "../host/build/verify-bundle.ts";
import type { PenstockConfig } from "../shared/console/penstock-config.ts";
import { BundledBoard, buildBundle, nodeForTarget } from "./harness/board-bundle.ts";
import { FarmProcess } from "./harness/farm-process.ts";
import { type Peer, peerTest } from "./harness/peers.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "penstock-boards-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Loads every native part and every part that is loaded on demand, and prints their names. */
const loadAll = `
const fs = require("node:fs"), path = require("node:path"), bundle = process.argv[1], names = [];
const started = ["board.cjs", "main.cjs", "hash-password.cjs"];
for (const name of fs.readdirSync(path.join(bundle, "native"))) {
  if (/\\.abi/.test(name) && !name.includes(".abi" + process.versions.modules + ".")) continue;
  if (Object.keys(require(path.join(bundle, "native", name))).length > 0) names.push(name);
}
for (const name of fs.readdirSync(bundle)) {
  if (name.endsWith(".cjs") && !started.includes(name) && require(path.join(bundle, name)) !== undefined) names.push(name);
}
console.log(JSON.stringify({ arch: process.arch, node: process.versions.node, names }));`;

interface BoardCase {
  readonly target: BoardTargetName;
  /** Its description chooses Node and flags. */
  readonly board: string;
  readonly arch: string;
  /** What this machine needs to run it, where it is of another processor. */
  readonly peers: readonly Peer[];
}

const boards: readonly BoardCase[] = [
  { target: "linux-x64", board: "simulated", arch: "x64", peers: [] },
  { target: "linux-arm64", board: "raspberry-pi-zero-2", arch: "arm64", peers: ["qemu-user-static", "g++-aarch64-linux-gnu"] },
  { target: "linux-armv7", board: "luckfox-pico-max", arch: "arm", peers: ["qemu-user-static", "g++-arm-linux-gnueabihf"] },
];

for (const { target, board, arch, peers } of boards.filter((one) => process.arch === "x64" || one.arch !== "x64")) {
  const boardTest = peerTest(...peers);
  const major = boardNodes(root).find((node) => node.board === board)?.major ?? 0;

  boardTest(`the bundle for ${target} polls, stores and serves on Node ${major} as ${board}, and ends when told to`, async (t) => {
    t.timeout(120_000);
    const folder = scratch(t);
    const bundle = buildBundle(target);
    const node = await nodeForTarget(target, major, folder);
    const data = path.join(folder, "data");
    await mkdir(data);
    const farm = await FarmProcess.start();
    t.teardown(() => farm.stop());
    const config: PenstockConfig = {
      board,
      id: "north-1",
      lines: [
        { id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port: farm.port, timeout: "20 s" },
        { id: "absent", protocol: "modbus-rtu", device: "/dev/ttyPenstock" },
      ],
      devices: [
        { id: "unit", line: "line", points: [{ id: "p", area: "holding", address: 0 }] },
        { id: "lost", line: "absent", unit: 1, points: [{ id: "p", area: "holding", address: 0 }] },
      ],
      buses: [{ id: "bus", device: "/dev/i2c-200" }],
      sensors: [{ id: "chip", bus: "bus", chip: "sht31", points: [{ id: "t", quantity: "temperature" }] }],
      modbusServer: { port: 0, registers: [{ thing: "unit", feature: "p", area: "holding", address: 0 }] },
      uplink: { url: "mqtt://127.0.0.1:1" },
    };
    const running = await BundledBoard.start({ bundle, node, config, data });
    t.teardown(() => running.kill());

    const client = await connectAsync(running.mqtt, { reconnectPeriod: 0, connectTimeout: 60_000 });
    const heard = (topic: string): Promise<string> =>
      new Promise((resolve) =>
        client.on("message", (name, payload) => name === topic && payload.includes('"good"') && resolve(payload.toString())),
      );
    const [sample, twin] = ["penstock/v1/unit/data/p", "penstock/v1/unit/twin/p/reported"].map(heard);
    await client.subscribeAsync(["penstock/v1/unit/data/p", "penstock/v1/unit/twin/p/reported"], { qos: 1 });
    t.regex((await sample) ?? "", /^\{"value":/);
    t.regex((await twin) ?? "", /"quality":"good"/);
    await client.endAsync();

    // The parts for serial ports, I2C and the uplink have come, and say what is not there.
    const missing = [
      /ttyPenstock: .*No such file or directory/,
      /there is no \/dev\/i2c-200/,
      /127\.0\.0\.1:1 cannot be reached: nothing listens there/,
    ];
    for (let said = ""; !missing.every((reason) => reason.test(said)); ) {
      const health = await fetch(`${running.health}/health`);
      t.is(health.status, 200);
      said = await health.text();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // An emulated processor on a busy machine may not close within the board's time limit; then the board says so.
    const code = await running.stop();
    t.true(code === 0 || (code === 1 && running.log.includes("closing takes too long")), `${code}: ${running.log}`);
  });

  boardTest(`every native part and every part on demand of ${target} loads on Node ${major}, and a password is hashed`, async (t) => {
    t.timeout(120_000);
    const bundle = buildBundle(target);
    const node = await nodeForTarget(target, major, scratch(t));
    const { stdout, stderr } = spawnSync(node, ["-e", loadAll, bundle], { encoding: "utf8" });
    t.not(stdout, "", stderr);
    const loaded = JSON.parse(stdout);
    t.is(loaded.arch, arch);
    t.is(Number(loaded.node.split(".")[0]), major);
    const { files } = await verifyBundle(bundle);
    const expected = files
      .map((file) => path.basename(file.path))
      .filter((name) => /\.(node|cjs)$/.test(name) && !/^(board|main|hash-password)\.cjs$/.test(name));
    const ours = expected.filter((name) => !name.includes(".abi") || loaded.names.includes(name));
    t.deepEqual(loaded.names.toSorted(), ours.toSorted());
    for (const name of ["classic-level.node", "argon2.node", "serialport-bindings-cpp.node"]) t.true(loaded.names.includes(name), name);
    t.is(loaded.names.filter((name: string) => name.startsWith("i2c-bus.abi")).length, 1);
    const hashed = spawnSync(node, [path.join(bundle, "hash-password.cjs")], { input: "secret\n", encoding: "utf8" });
    t.regex(hashed.stdout, /^\$argon2id\$v=19\$/, hashed.stderr);
  });
}
