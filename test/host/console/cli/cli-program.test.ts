import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { CliAccountFile } from "../../../../host/console/cli/cli-account.ts";
import { type CliParts, runCommand } from "../../../../host/console/cli/cli-program.ts";
import type { DoctorCheck } from "../../../../host/console/cli/doctor-check.ts";
import { problem, ScriptedGateway } from "../../../harness/scripted-gateway.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

interface Shell {
  readonly out: string[];
  readonly err: string[];
  readonly accounts: CliAccountFile;
  readonly home: string;
  run(...argv: readonly string[]): Promise<number>;
}

async function shell(
  t: ExecutionContext,
  gateway: ScriptedGateway,
  more: { readonly secrets?: readonly string[]; readonly checks?: readonly DoctorCheck[]; readonly fetch?: typeof fetch } = {},
): Promise<Shell> {
  const home = await temporaryDirectory(t);
  const env = { HOME: home, PENSTOCK_DATA: path.join(home, "data") };
  const accounts = new CliAccountFile(env);
  const [out, err]: [string[], string[]] = [[], []];
  const secrets = [...(more.secrets ?? [])];
  let now = Date.UTC(2026, 10, 21, 12);
  const parts: CliParts = {
    version: "1.2.3",
    env,
    accounts,
    backups: {
      verify: async (file) => ({ entries: 1, bytes: readFileSync(file).length, createdAt: 0 }),
      restore: async () => ({ entries: 7, bytes: 1, createdAt: 0 }),
    },
    checks: async () => more.checks ?? [],
    stop: new AbortController().signal,
    fetch: more.fetch ?? gateway.fetch,
    write: (text) => out.push(...text.split("\n")),
    note: (text) => err.push(...text.split("\n")),
    askSecret: async () => secrets.shift() ?? "",
    ask: async () => "anna",
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  return { out, err, accounts, home, run: (...argv) => runCommand(argv, parts) };
}

const page = (...items: readonly object[]): Response => Response.json({ items, total: items.length });
const feature = (more: object = {}): Response =>
  Response.json({
    thing: "pump",
    id: "speed",
    traits: { unit: "%" },
    reported: { value: 42, quality: "good", source: 0 },
    desiredRev: 3,
    observedRev: 1,
    rev: 3,
    ...more,
  });

test("things are a table for people, of all pages, with the filter handed on", async (t) => {
  const gateway = new ScriptedGateway({
    "GET /api/v1/things": ({ target }) =>
      target.includes("cursor=next")
        ? Response.json({ items: [{ id: "b", kind: "device", name: "B", labels: {} }], total: 2 })
        : Response.json({
            items: [{ id: "a", kind: "device", name: "A", board: "board", labels: { site: "east" } }],
            total: 2,
            cursor: "next",
          }),
  });
  const { run, out } = await shell(t, gateway);
  t.is(await run("things", "--filter", "labels.site == 'east'"), 0);
  t.regex(out[0] ?? "", /^ID +KIND +NAME +BOARD +LABELS$/);
  t.regex(out[1] ?? "", /^a +device +A +board +site=east$/);
  t.regex(out[2] ?? "", /^b +device +B +–/);
  t.is(new URLSearchParams(gateway.calls[0]?.target.split("?")[1]).get("filter"), "labels.site == 'east'");
});

test("with --json scripts get the documents as they are", async (t) => {
  const { run, out } = await shell(t, new ScriptedGateway({ "GET /api/v1/things": page({ id: "a", labels: {} }) }));
  t.is(await run("--json", "things"), 0);
  t.deepEqual(JSON.parse(out.join("\n")), [{ id: "a", labels: {} }]);
});

test("a feature is shown with value, unit and quality, and a thing with all its features", async (t) => {
  const gateway = new ScriptedGateway({
    "GET /api/v1/things/pump/features/speed": feature(),
    "GET /api/v1/things/pump": { id: "pump", name: "Pump", labels: {} },
    "GET /api/v1/things/pump/features": () =>
      page({ id: "speed", traits: { unit: "%" }, reported: { value: 42, quality: "stale" }, desired: { value: 50 } }),
  });
  const one = await shell(t, gateway);
  await one.run("get", "pump/speed");
  t.true(one.out.some((line) => /^value +42$/.test(line)) && one.out.some((line) => /^quality +good$/.test(line)));
  const all = await shell(t, gateway);
  await all.run("get", "pump");
  t.regex(all.out.join("\n"), /speed +42 +% +stale +50/);
});

test("set changes what is desired and waits until the board has done it", async (t) => {
  let asked = 0;
  const gateway = new ScriptedGateway({
    "PATCH /api/v1/things/pump/features/speed": feature(),
    "GET /api/v1/things/pump/features/speed": () => feature({ observedRev: ++asked >= 3 ? 3 : 1 }),
  });
  const { run, out } = await shell(t, gateway);
  t.is(await run("set", "pump/speed", "50"), 0);
  t.deepEqual(out, ["pump/speed = 50: done"]);
  t.is(gateway.calls[0]?.body, '{"desired":{"value":50}}');
  t.is(gateway.calls[0]?.headers.get("content-type"), "application/merge-patch+json");
  t.is(asked, 3);
});

test("set tells what went wrong, what is still under way, and who asked for something else", async (t) => {
  const outcome = async (more: object, ...options: readonly string[]): Promise<[number, string]> => {
    const answers = { "PATCH /api/v1/things/pump/features/speed": feature(), "GET /api/v1/things/pump/features/speed": feature(more) };
    const { run, out, err } = await shell(t, new ScriptedGateway(answers));
    return [await run("set", "pump/speed", "manual", ...options), [...out, ...err].join("\n")];
  };
  t.deepEqual(await outcome({ reconcile: { error: { message: "the device refuses 250" } } }), [
    1,
    "penstock: pump/speed: the device refuses 250",
  ]);
  t.deepEqual(await outcome({ status: { text: "board offline" } }, "--timeout", "2"), [
    0,
    "pump/speed = manual: asked for (board offline)",
  ]);
  t.deepEqual(await outcome({}, "--no-wait"), [0, "pump/speed = manual: asked for"]);
  const [code, text] = await outcome({ desiredRev: 4, desired: { value: 7 } });
  t.is(code, 1);
  t.regex(text, /somebody else asked for 7/);
});

test("set --once is an operation that is followed to its end", async (t) => {
  const states = ["running", "succeeded"];
  const gateway = new ScriptedGateway({
    "POST /api/v1/operations": { id: "op-1", state: "queued" },
    "GET /api/v1/operations/op-1": () => ({ id: "op-1", state: states.shift() ?? "" }),
  });
  const { run, out } = await shell(t, gateway);
  t.is(await run("set", "pump/speed", "50", "--once"), 0);
  t.deepEqual(out, ["pump/speed = 50: done"]);
  t.deepEqual(JSON.parse(gateway.calls[0]?.body ?? ""), {
    type: "feature.write",
    target: { thing: "pump", feature: "speed" },
    input: { value: 50 },
  });
});

test("watch shows the values that were asked for and no others", async (t) => {
  const data = JSON.stringify([
    { thing: "pump", feature: "speed", value: 1, quality: "good", source: 0 },
    { thing: "pump", feature: "flow", value: 2, quality: "good", source: 0 },
  ]);
  const stream = new Response(`: hello\n\nevent: values\ndata: ${data}\n\nevent: link\ndata: {}\n\n`);
  const gateway = new ScriptedGateway({ "GET /api/v1/live": stream });
  const { run, out } = await shell(t, gateway);
  t.is(await run("watch", "pump/speed"), 0);
  t.is(out.length, 1);
  t.regex(out[0] ?? "", /pump\/speed {2}1 {2}good$/);
  t.true(gateway.calls[0]?.target.includes("values=pump"));
});

test("history reads spans back from now and dates", async (t) => {
  const gateway = new ScriptedGateway({
    "GET /api/v1/records": page({ source: 0, value: 3, quality: "bad" }),
    "GET /api/v1/records/buckets": { width: 1, buckets: [{ from: 0, count: 2, min: 1.23456789, quality: "good" }] },
  });
  const { run, out, err } = await shell(t, gateway);
  t.is(await run("history", "pump/speed", "--from", "-8h"), 0);
  const query = new URLSearchParams(gateway.calls[0]?.target.split("?")[1]);
  t.is(Number(query.get("to")) - Number(query.get("from")), 8 * 3_600_000);
  t.is(await run("history", "pump/speed", "--from", "2026-01-01T00:00:00Z", "--buckets", "10"), 0);
  t.regex(out.join("\n"), /1\.23457/);
  t.is(await run("history", "pump/speed", "--from", "yesterday"), 2);
  t.regex(err.join("\n"), /"yesterday" is no time; expected/);
});

test("boards show links and streams, and adopt takes one in with its credentials shown once", async (t) => {
  const board = {
    id: "b7",
    name: "B7",
    state: "discovered",
    link: { state: "lost", streams: [{ id: "samples", state: "recovering", remaining: 120 }] },
  };
  const gateway = new ScriptedGateway({
    "GET /api/v1/boards": page(board),
    "POST /api/v1/boards/b7/adopt": board,
    "POST /api/v1/boards/b7/credentials": { username: "b7", password: "secret" },
  });
  const { run, out } = await shell(t, gateway);
  await run("boards");
  t.regex(out.join("\n"), /b7 +B7 +discovered +lost +0\/1 live, 120 records to go/);
  t.is(await run("adopt", "b7", "--label", "site=east", "line=a", "--fingerprint", "sha256:00", "--credentials"), 0);
  t.deepEqual(JSON.parse(gateway.calls[1]?.body ?? ""), { labels: { site: "east", line: "a" }, keyFingerprint: "sha256:00" });
  t.regex(out.join("\n"), /password secret \(not shown again\)/);
});

test("login makes a key for this machine, keeps it for its user alone, and uses it from then on", async (t) => {
  const gateway = new ScriptedGateway({
    "POST /api/v1/session": Response.json(
      { user: "anna", csrf: "c5", roles: [{ role: "operator", scope: "all" }] },
      { headers: { "set-cookie": "penstock_session=s1; HttpOnly" } },
    ),
    "POST /api/v1/keys": { key: {}, secret: "psk_k1_abc" },
    "DELETE /api/v1/session": new Response(null, { status: 204 }),
    "DELETE /api/v1/keys/k1": new Response(null, { status: 204 }),
    "GET /api/v1/things": page(),
  });
  const { run, accounts, err } = await shell(t, gateway, { secrets: ["a long password"] });
  t.is(await run("--url", "http://gateway.example:8080/", "login"), 0);
  t.deepEqual(await accounts.read(), { url: "http://gateway.example:8080", token: "psk_k1_abc" });
  t.is(statSync(accounts.file).mode & 0o777, 0o600);
  const made = gateway.calls[1];
  t.is(made?.headers.get("cookie"), "penstock_session=s1");
  t.is(made?.headers.get("x-csrf-token"), "c5");
  t.deepEqual(JSON.parse(made?.body ?? "").grants, [{ role: "operator", scope: "all" }]);
  t.is(await run("things"), 0);
  t.is(gateway.calls[3]?.headers.get("authorization"), "Bearer psk_k1_abc");
  t.is(await run("logout"), 0);
  t.false(existsSync(accounts.file));
  t.is(gateway.calls[4]?.target, "/api/v1/keys/k1");
  t.regex(err.join("\n"), /logged in at http:\/\/gateway\.example:8080 as anna/);
});

test("a refusal is one line with what to do, and the exit code says that it failed", async (t) => {
  const refusing = new ScriptedGateway({
    "GET /api/v1/things": problem(403, "EDGE_FORBIDDEN", "thing:list is not granted", "Ask an admin for a grant."),
    "GET /api/v1/audit": problem(401, "EDGE_UNAUTHENTICATED", "nobody is logged in"),
  });
  const { run, err, out } = await shell(t, refusing);
  t.is(await run("things"), 1);
  t.is(await run("audit"), 1);
  t.deepEqual(err, [
    "penstock: thing:list is not granted. Ask an admin for a grant.",
    "penstock: nobody is logged in. log in with penstock login, or give --token",
  ]);
  t.deepEqual(out, []);
});

test("what is used wrongly ends with 2 and says what was expected", async (t) => {
  const { run, err } = await shell(t, new ScriptedGateway({}));
  t.is(await run("set", "pump", "1"), 2);
  t.is(await run("get", "a/b/c"), 2);
  t.is(await run("frobnicate"), 2);
  t.is(await run("--url", "gateway", "things"), 2);
  t.is(await run("completion", "tcsh"), 2);
  t.regex(err.join("\n"), /"pump" is a thing; expected THING\/FEATURE/);
  t.regex(err.join("\n"), /unknown command/);
});

test("a gateway that is not there is told as that, with its address", async (t) => {
  const nobody: typeof fetch = async () => {
    throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:8080") });
  };
  const { run, err } = await shell(t, new ScriptedGateway({}), { fetch: nobody });
  t.is(await run("things"), 1);
  t.regex(err[0] ?? "", /no gateway answers at http:\/\/127\.0\.0\.1:8080 \(connect ECONNREFUSED/);
});

test("a backup is verified before it gets its name, and none is overwritten", async (t) => {
  const gateway = new ScriptedGateway({ "GET /api/v1/backup": new Response("bytes") });
  const { run, home, err } = await shell(t, gateway);
  const file = path.join(home, "b.penstock");
  t.is(await run("backup", file), 0);
  t.is(readFileSync(file, "utf8"), "bytes");
  t.is(await run("backup", file), 2);
  t.regex(err.join("\n"), /is there already/);
  t.false(existsSync(`${file}.part`));
});

test("a changed audit log is an error", async (t) => {
  const found = { ok: false, lines: 9, wrong: 4 };
  const { run, err } = await shell(t, new ScriptedGateway({ "GET /api/v1/audit/verify": found }));
  t.is(await run("audit", "verify"), 1);
  t.regex(err.join("\n"), /line 4 is not as it was written/);
});

test("the doctor shows every finding with its remedy, goes on behind a look that breaks, and fails when a part does", async (t) => {
  const checks: readonly DoctorCheck[] = [
    { part: "clock", look: async () => ({ part: "clock", state: "ok", text: "right" }) },
    { part: "store", look: () => Promise.reject(new Error("it broke")) },
    { part: "disk", look: async () => [{ part: "disk", state: "warn", text: "little", remedy: "Make room." }] },
  ];
  const { run, out, err } = await shell(t, new ScriptedGateway({}), { checks });
  t.is(await run("doctor"), 1);
  const text = out.join("\n");
  t.regex(text, /ok +clock +right/);
  t.regex(text, /FAIL +store +it broke/);
  t.regex(text, /look +disk +little/);
  t.true(text.includes("→ Make room."));
  t.regex(err.join("\n"), /1 part does not work/);
});

test("bash completes commands and their options", async (t) => {
  const { run, out } = await shell(t, new ScriptedGateway({}));
  t.is(await run("completion", "bash"), 0);
  const complete = (...words: readonly string[]): string =>
    spawnSync(
      "bash",
      [
        "-c",
        `${out.join("\n")}\nCOMP_WORDS=(penstock ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _penstock; echo "\${COMPREPLY[@]}"`,
      ],
      {
        encoding: "utf8",
      },
    ).stdout.trim();
  t.is(complete("hist"), "history");
  t.is(complete("history", "--buc"), "--buckets");
  t.is(complete("audit", "ver"), "verify");
});

test("the token that a gateway left in its data directory is used when nobody has logged in", async (t) => {
  const gateway = new ScriptedGateway({ "GET /api/v1/things": page() });
  const { run, home } = await shell(t, gateway);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(path.join(home, "data"));
  writeFileSync(path.join(home, "data", "admin-token"), "first-token\n");
  t.is(await run("things"), 0);
  t.is(gateway.calls[0]?.headers.get("authorization"), "Bearer first-token");
});
