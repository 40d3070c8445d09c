import { execFile, execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import { type JournalRecord, RecordKind } from "../../shared/pipeline/journal-record.ts";
import { Damage } from "../harness/damage.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { FaultGateway } from "../harness/fault-gateway.ts";
import { RunningBoard } from "../harness/running-board.ts";
import { BoardWatch, eventually, watchedConfig } from "../harness/watched-board.ts";
import { gapsIn } from "./pipeline/open-journal.ts";

const points = 100;
let farm: FarmProcess;
let gateway: FaultGateway;
/** The data directory of a board that ran twice and was killed: in tables and logs, in sealed segments and an open one. */
let grown: string;

test.before("a board that has run and was killed", async (t) => {
  t.timeout(60_000);
  farm = await FarmProcess.start();
  gateway = await FaultGateway.start();
  const config = { ...watchedConfig({ port: farm.port, uplink: "mqtt://127.0.0.1:1", points }), id: "grown" };
  const first = await RunningBoard.start({ config });
  grown = first.data;
  const watch = await BoardWatch.open({ teardown: () => {} }, first);
  await watch.client.publishAsync("kept/one", "1", { qos: 1, retain: true });
  for (const value of [1, 2, 3, 4, 5]) t.like(await watch.set("p0", value), { state: "done" });
  await watch.sampled();
  watch.close();
  t.is(await first.stop(), 0);
  const second = await RunningBoard.start({ config, data: grown });
  await eventually(async () => (await readdir(path.join(grown, "journal", "samples"))).filter((name) => name.endsWith(".idx")).length >= 2);
  const again = await BoardWatch.open({ teardown: () => {} }, second);
  await again.client.publishAsync("kept/two", "2", { qos: 1, retain: true });
  await again.sampled();
  again.close();
  await second.kill();
});

test.after.always("all is gone", async () => {
  await gateway?.close();
  await farm?.stop();
  if (grown !== undefined) await rm(grown, { recursive: true, force: true });
});

interface Expected {
  /** What `/health` says of the store that was damaged; nothing where nothing was lost. */
  readonly ailing?: string;
  /** What the log says. */
  readonly log: string;
  /** Why the gateway is told that records are missing. */
  readonly gap?: GapReason;
  /** What was kept besides the journal is still there. */
  readonly kept?: boolean;
}

/** Numbers that are missing without a word, or that are there twice. */
function faultsIn(records: readonly JournalRecord[]): readonly string[] {
  const faults: string[] = [];
  const gaps = new Map(gapsIn(records).map((gap) => [gap.at, gap]));
  let last = 0;
  for (const { term, seq } of records) {
    if ((gaps.get(seq)?.from.seq ?? seq) > last + 1) faults.push(`nothing tells of ${last + 1} to ${seq - 1}`);
    if (seq <= last) faults.push(`${term}/${seq} comes again`);
    last = seq;
  }
  return faults;
}

const damaged = test.macro({
  async exec(t: ExecutionContext, name: string, damage: (on: Damage) => readonly string[], expected: Expected) {
    t.timeout(60_000);
    const data = await mkdtemp(path.join(tmpdir(), "penstock-damage-"));
    t.teardown(() => rm(data, { recursive: true, force: true }));
    await cp(grown, data, { recursive: true });
    t.true(damage(new Damage(data)).length > 0);
    const config = { ...watchedConfig({ port: farm.port, uplink: gateway.url, points }), id: name };
    const board = await RunningBoard.start({ config, data });
    t.teardown(() => board.kill());
    const watch = await BoardWatch.open(t, board, "kept/#", "penstock/v1/unit/twin/p0/desired");
    await watch.sampled();
    const current = (): readonly JournalRecord[] => gateway.records(name).filter(({ term }) => term > 2);
    await eventually(() => current().filter(({ kind }) => kind === RecordKind.sample).length > 200);
    await eventually(() => board.log.join("").includes(expected.log));
    const { checks } = await board.checkHealth();
    for (const store of ["store twin", "store broker", "store journal"])
      t.is(checks.get(store), store === expected.ailing ? "degraded" : "ok", store);
    const records = gateway.records(name);
    t.deepEqual(faultsIn(records), []);
    t.is(gateway.unexplained(name), 0);
    t.deepEqual(
      gapsIn(records).map(({ why }) => why),
      expected.gap === undefined ? [] : [expected.gap],
    );
    t.deepEqual(
      gateway.faults.filter((fault) => fault.includes(`"${name}"`)),
      [],
    );
    if (expected.kept !== false) {
      await eventually(() => watch.others.size === 3);
      t.is(JSON.parse(watch.others.get("penstock/v1/unit/twin/p0/desired") ?? "{}").value, 5);
    }
    t.like(await watch.set("p0", 6), { state: "done" });
    watch.close();
    t.is(await board.stop(), 0);
  },
  title: (given = "", name) => given || name,
});

const lastSegment = (on: Damage): string => on.files("journal/samples", /\.seg$/).at(-1) ?? "";

const sealedSegment = (on: Damage): string => (on.files("journal/samples", /\.idx$/).at(-1) ?? "").replace(".idx", ".seg");

const damages: readonly (readonly [name: string, what: string, damage: (on: Damage) => readonly string[], expected: Expected])[] = [
  [
    "twin-table",
    "a damaged table of its twins",
    (on) => on.flip(...on.files("twin", /\.ldb$/)),
    { ailing: "store twin", log: "the store is damaged", kept: false },
  ],
  [
    "broker-table",
    "a damaged table of its broker",
    (on) => on.flip(...on.files("broker", /\.ldb$/)),
    { ailing: "store broker", log: "the store is damaged", kept: false },
  ],
  [
    "twin-log",
    "a damaged log of its twins",
    (on) => on.flip(...on.files("twin", /\.log$/)),
    { ailing: "store twin", log: "the store is damaged" },
  ],
  ["twin-current", "no CURRENT among its twins", (on) => on.remove("twin/CURRENT"), { ailing: "store twin", log: "the store is damaged" }],
  [
    "broker-current",
    "no CURRENT in the store of its broker",
    (on) => on.remove("broker/CURRENT"),
    { ailing: "store broker", log: "the store is damaged" },
  ],
  ["torn-tail", "a torn end of its journal", (on) => on.cut(lastSegment(on), 20), { log: "the torn end of the journal was cut off" }],
  [
    "zero-tail",
    "zeros behind the end of its journal",
    (on) => on.addZeros(lastSegment(on), 5000),
    { log: "the torn end of the journal was cut off" },
  ],
  [
    "bad-record",
    "a bad record in a sealed segment of its journal",
    (on) => on.flip(sealedSegment(on)),
    { ailing: "store journal", log: "cannot be read back", gap: GapReason.corrupt },
  ],
  [
    "lost-index",
    "a bad record in a sealed segment that has lost its index",
    (on) => [...on.flip(sealedSegment(on)), ...on.remove(sealedSegment(on).replace(".seg", ".idx"))],
    { ailing: "store journal", log: "a damaged part of the journal was put aside", gap: GapReason.corrupt },
  ],
  [
    "term-file",
    "both generations of its file of terms damaged",
    (on) => on.flip("journal/term", "journal/term.old"),
    { log: "file of terms is damaged" },
  ],
  ["learned-file", "a damaged file of what it learned", (on) => on.write("learned.json", '{"format":1,"che'), { log: "it is set aside" }],
];

for (const [name, what, damage, expected] of damages)
  test.serial(
    `a board starts with ${what}: it polls, says what happened, and tells its gateway of all that is missing`,
    damaged,
    name,
    damage,
    expected,
  );

test.serial("a board that lost its memory of the link begins it anew in a term that no record stands in", async (t) => {
  t.timeout(60_000);
  const data = await mkdtemp(path.join(tmpdir(), "penstock-damage-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  await cp(grown, data, { recursive: true });
  const config = { ...watchedConfig({ port: farm.port, uplink: gateway.url, points }), id: "link-memory" };
  const newest = (): number => gateway.records("link-memory").at(-1)?.term ?? 0;
  const first = await RunningBoard.start({ config, data });
  t.teardown(() => first.kill());
  await eventually(() => newest() === 3);
  await first.kill();
  const on = new Damage(data);
  t.true(on.flip(...on.files("link", /^link-/)).length > 0);
  const second = await RunningBoard.start({ config, data });
  t.teardown(() => second.kill());
  const watch = await BoardWatch.open(t, second);
  await watch.sampled();
  await eventually(() => newest() > 4);
  t.true(second.log.join("").includes("what was kept of the link to the gateway cannot be read"));
  t.is(gateway.unexplained("link-memory"), 0);
  t.deepEqual(
    gateway.faults.filter((fault) => fault.includes('"link-memory"')),
    [],
  );
  watch.close();
});

test.serial(
  "a board whose gateway has a name that nobody knows polls at once, says why it is offline, and holds no more than its bounds",
  async (t) => {
    t.timeout(60_000);
    const config = { ...watchedConfig({ port: farm.port, uplink: "mqtt://gateway.invalid:1883" }), id: "nameless" };
    const board = await RunningBoard.start({ config });
    t.teardown(() => board.clean());
    const watch = await BoardWatch.open(t, board);
    await watch.sampled();
    await eventually(async () => (await watch.metric("penstock_uplink_failures_total")) >= 2);
    const { checks } = await board.checkHealth();
    t.is(checks.get("uplink"), "degraded");
    t.deepEqual(await watch.ailing(), []);
    const body = await (await fetch(`${board.health}/health`)).text();
    t.regex(body, /its name is not known|no name server answers/);
    t.is(board.log.join("").split("no connection to the gateway").length - 1, 1, "one word in the log for one reason");
    t.is(await watch.metric("penstock_uplink_pending_bytes"), 0);
    t.is(await watch.metric("penstock_journal_dropped_total"), 0);
    await watch.sampled();
    watch.close();
  },
);

const alone = ["-n", "sh", "-c", 'PATH="$PATH:/usr/sbin:/sbin"; ip link set lo up && exec "$@"', "sh"];

/** True where a process may be put into a network of its own. */
function mayBeAlone(): boolean {
  try {
    execFileSync("unshare", [...alone, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const withoutNetwork = process.env["CI"] !== undefined || mayBeAlone() ? test.serial : test.serial.skip;

for (const [url, reason] of [
  ["mqtt://gateway.plant:1883", "no name server answers"],
  ["mqtt://192.0.2.7:1883", "there is no network"],
] as const)
  withoutNetwork(`a board without any network polls and serves, and is offline to ${url} because ${reason}`, async (t) => {
    t.timeout(60_000);
    const script = fileURLToPath(new URL("../harness/no-network-process.ts", import.meta.url));
    const { stdout } = await promisify(execFile)("unshare", [...alone, process.execPath, script, url]);
    const { uplink, ailing, samples } = JSON.parse(stdout);
    t.is(uplink.state, "degraded");
    t.true(uplink.detail.includes(reason), uplink.detail);
    t.deepEqual(ailing, []);
    t.true(samples > 16);
  });
