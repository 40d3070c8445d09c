import test from "ava";
import type { JsonObject } from "../../shared/base/json.ts";
import { CrashLink } from "../harness/crash-link.ts";
import { stubAds1115, stubBme280, stubClimate } from "../harness/i2c-stub-chips.ts";
import { VirtualBoard } from "../harness/virtual-board.ts";
import { waitForChecks } from "./board-checks.ts";
import { command } from "./command.ts";
import { cutPower } from "./cut-power.ts";
import { countingPoints, labConfig, linkedConfig, setpointRegister } from "./lab-config.ts";
import { labTest } from "./lab-test.ts";
import { readMemory } from "./machine-memory.ts";
import { MosquittoListener } from "./mosquitto-listener.ts";
import { SystemDisk } from "./system-disk.ts";

/** An idle machine needs a quarter of this for its longest test. */
const patience = 480_000;
/** What must be left of the memory of a small board, KiB. */
const leastMemory = 8192;
const powerCuts = 3;
const logins = 4;

const good = (payload: JsonObject): boolean => payload["quality"] === "good";
const topic = (thing: string, feature: string): string => `penstock/v1/${thing}/data/${feature}`;
const pass = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

let system: SystemDisk | undefined;
let board: VirtualBoard | undefined;
let link: CrashLink | undefined;

async function theSystem(): Promise<SystemDisk> {
  system ??= await SystemDisk.build();
  return system;
}

/** The machine that most tests share: switched on by the first of them. */
async function theBoard(): Promise<VirtualBoard> {
  if (board !== undefined) return board;
  link = await CrashLink.start();
  const config = linkedConfig(link);
  board = await VirtualBoard.create({ system: await theSystem(), config, chips: [stubBme280, stubAds1115], reachesHost: true });
  await board.boot();
  await board.serving();
  return board;
}

labTest(
  "a board in a machine of 128 MB polls a unit on its serial line and a sensor on its bus, and mosquitto_sub reads both",
  async (t) => {
    t.timeout(patience);
    const machine = await theBoard();
    await using listener = MosquittoListener.start(machine, "penstock/v1/+/data/#");
    const first = await listener.message(topic("pump", "count-0"), good);
    const later = await listener.message(
      topic("pump", "count-0"),
      (payload) => good(payload) && Number(payload["value"]) > Number(first["value"]),
    );
    t.true(Number(later["received"]) > Number(first["received"]));
    for (const [quantity, value] of Object.entries(stubClimate))
      t.like(await listener.message(topic("climate", quantity), good), { value, quality: "good" });
  },
);

labTest("a value that is set from outside arrives at the unit on the serial line", async (t) => {
  t.timeout(patience);
  const machine = await theBoard();
  await using listener = MosquittoListener.start(machine, "lab/answers", "penstock/v1/pump/data/setpoint", "penstock/v1/pump/status");
  await listener.message(topic("pump", "setpoint"), good);
  const request = { value: 4711, correlation: "one", responseTopic: "lab/answers" };
  const set = ["-t", "penstock/v1/pump/twin/setpoint/set", "-q", "1", "-m", JSON.stringify(request)];
  await command("mosquitto_pub", [...machine.mosquittoArguments, ...set]);
  t.like(await listener.message("lab/answers", (payload) => payload["correlation"] === "one"), { state: "done", after: 4711 });
  await machine.says(new RegExp(`UNIT register ${setpointRegister} is 4711`));
  t.like(await listener.message(topic("pump", "setpoint"), (payload) => payload["value"] === 4711), { quality: "good" });
});

labTest("a unit and a sensor that are not there are told of, and cost their neighbours nothing but their own status", async (t) => {
  t.timeout(patience);
  const machine = await theBoard();
  await using listener = MosquittoListener.start(machine, "penstock/v1/+/status", "penstock/v1/+/data/#");
  for (const absent of ["absent-unit", "absent-sensor"])
    t.like(await listener.message(`penstock/v1/${absent}/status`, (payload) => payload["online"] === false), { online: false });
  for (const present of ["pump", "climate"])
    t.like(await listener.message(`penstock/v1/${present}/status`, (payload) => payload["online"] === true), { online: true });
  t.true(good(await listener.message(topic("pump", `count-${countingPoints - 1}`), good)));
  // A machine that is held up for a moment sees a transfer time out and opens its bus anew: it is well again by itself.
  await waitForChecks(machine, (checks) => ["line rs485", "bus i2c", "store twin"].every((part) => checks.get(part) === "ok"));
});

labTest(
  `with ${countingPoints} points a second, a subscriber to all of them, a scrape and one login after the other, memory is left`,
  async (t) => {
    t.timeout(patience);
    const machine = await theBoard();
    await using listener = MosquittoListener.start(machine, "penstock/v1/#");
    await listener.message(topic("pump", "count-0"), good);
    t.is((await fetch(`${machine.health}/metrics`)).status, 200);
    for (let login = 0; login < logins; login += 1) await (await machine.connect()).endAsync();
    const { available, anonymous, ended } = await readMemory(machine);
    t.log(`${available} KiB left, ${anonymous} KiB of the board's own`);
    t.true(available >= leastMemory, `${available} KiB`);
    t.is(ended, 0);
  },
);

labTest("a full disk is told of and stops no sample, and the board recovers by itself when there is room", async (t) => {
  t.timeout(patience);
  const machine = await theBoard();
  await using listener = MosquittoListener.start(machine, "penstock/v1/pump/data/count-0");
  await listener.message(topic("pump", "count-0"), good);
  await machine.run("dd if=/dev/zero of=/data/filler bs=64k 2>/dev/null; dd if=/dev/zero of=/data/filler2 bs=1k 2>/dev/null; sync");
  await waitForChecks(machine, (checks) => checks.get("store twin") === "failing");
  listener.forget();
  t.true(good(await listener.message(topic("pump", "count-0"), good)));
  await machine.run("rm /data/filler /data/filler2; sync");
  await waitForChecks(machine, (checks) => checks.get("store twin") === "ok");
  t.notRegex(machine.console, /LAB the board ended/);
});

labTest(`what was acknowledged to clients and gateway outlives ${powerCuts} power cuts under load, and the stores open`, async (t) => {
  t.timeout(patience);
  const machine = await theBoard();
  if (link === undefined) throw new Error("there is no gateway");
  t.deepEqual(await cutPower(machine, { thing: "pump", feature: "setpoint", cuts: powerCuts, link }), []);
});

labTest("a board that hangs is reset by its hardware watchdog, and polls again", async (t) => {
  t.timeout(patience);
  const machine = await theBoard();
  await machine.run("kill -STOP $(pidof node)");
  await machine.restarts();
  await machine.serving();
  await using listener = MosquittoListener.start(machine, "penstock/v1/pump/data/count-0");
  t.true(good(await listener.message(topic("pump", "count-0"), good)));
});

labTest("a board without a network and with a clock at 1970 polls and keeps its twins", async (t) => {
  t.timeout(patience);
  await board?.[Symbol.asyncDispose]();
  const line = { id: "named", protocol: "modbus-tcp", host: "unit.example", port: 502 } as const;
  const unit = { id: "far", line: "named", points: [{ id: "level", area: "holding", address: 0 } as const] };
  const config = { ...labConfig, lines: [...(labConfig.lines ?? []), line], devices: [...(labConfig.devices ?? []), unit] };
  board = await VirtualBoard.create({
    system: await theSystem(),
    config,
    chips: [stubBme280],
    network: false,
    clock: "1970-01-01T00:00:10",
  });
  await board.boot();
  await board.serving();
  t.is((await board.run("date +%Y")).trim(), "1970");
  t.false((await board.run("ls /sys/class/net")).includes("eth0"));
  const read = async (): Promise<number> => {
    const text = await board?.run("wget -q -O - http://127.0.0.1:9464/metrics");
    return [...(text ?? "").matchAll(/^penstock_samples_total\{[^}]*quality="good"[^}]*\} (\d+)/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  };
  const before = await read();
  await pass(3000);
  t.true((await read()) > before);
});

test.after.always("the machines are switched off", async () => {
  await board?.[Symbol.asyncDispose]();
  await link?.close();
  await system?.[Symbol.asyncDispose]();
});
