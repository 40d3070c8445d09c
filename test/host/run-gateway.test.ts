import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { freePort } from "../harness/free-port.ts";
import { until } from "../harness/until.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const script = fileURLToPath(new URL("./stand-in-gateway.ts", import.meta.url));
const main = fileURLToPath(new URL("../../host/main.ts", import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out: string;
  err: string;
}

function run(t: ExecutionContext, args: readonly string[], program = script): Run {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  t.teardown(() => child.kill("SIGKILL"));
  const result: Run = { child, ended: once(child, "close").then(([code]) => (typeof code === "number" ? code : null)), out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    result.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    result.err += chunk;
  });
  return result;
}

const boards = (data: string): number[] => {
  const file = path.join(data, "starts");
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map(Number)
    : [];
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
};

/** A gateway that has said where to look. */
async function running(t: ExecutionContext, data: string, args: readonly string[] = []): Promise<Run> {
  const gateway = run(t, ["--data", data, "--simulator-port", "0", "--http-port", "0", ...args]);
  // The board outlives a gateway that a failed test leaves behind.
  t.teardown(() => {
    for (const pid of boards(data).filter(isAlive)) process.kill(pid, "SIGKILL");
  });
  await until(() => gateway.out.includes("Ctrl-C ends it") || gateway.child.exitCode !== null);
  return gateway;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} ends the gateway, the board and the simulator with exit code 0 within 2 s`, async (t) => {
    const data = await temporaryDirectory(t);
    const gateway = await running(t, data);
    const port = Number(/Modbus TCP 127\.0\.0\.1:(\d+)/.exec(gateway.out)?.[1]);
    const begun = performance.now();
    gateway.child.kill(signal);
    t.is(await gateway.ended, 0);
    const took = performance.now() - begun;
    t.log(`${took.toFixed(0)} ms`);
    t.true(took < 2000);
    t.is(boards(data).length, 1);
    t.false(boards(data).some(isAlive));
    const [refusal] = await once(connect(port, "127.0.0.1"), "error");
    t.like(refusal, { code: "ECONNREFUSED" });
  });
}

test("it says where to look, and writes the default configuration for the simulator it started", async (t) => {
  const data = await temporaryDirectory(t);
  const gateway = await running(t, data);
  const port = Number(/Modbus TCP 127\.0\.0\.1:(\d+)/.exec(gateway.out)?.[1]);
  const config: unknown = JSON.parse(readFileSync(path.join(data, "penstock.json"), "utf8"));
  t.like(config, { lines: [{ port }] });
  for (const part of ["mqtt://127.0.0.1:1883", "http://127.0.0.1:9464/health", data, "mosquitto_sub", "set pump-station/mode manual"])
    t.true(gateway.out.includes(part), part);
  await until(() => gateway.err.includes("worth a look"));
  t.regex(gateway.err, /warn {2}board: worth a look \(line=station\)/);
  t.false(gateway.err.includes("not for people"));
  gateway.child.kill("SIGTERM");
  t.is(await gateway.ended, 0);
});

test("a board that does not start ends the gateway with exit code 1 and the board's own words", async (t) => {
  const data = await temporaryDirectory(t);
  writeFileSync(path.join(data, "behaviour"), "fail");
  const gateway = run(t, ["--data", data, "--simulator-port", "0", "--http-port", "0"]);
  t.is(await gateway.ended, 1);
  t.is(gateway.err, "penstock: the stand-in does not want to start\n");
  t.is(gateway.out, "");
});

test("a board that ends without a word is spoken for", async (t) => {
  const data = await temporaryDirectory(t);
  writeFileSync(path.join(data, "behaviour"), "crash");
  const gateway = run(t, ["--data", data, "--simulator-port", "0", "--http-port", "0"]);
  t.is(await gateway.ended, 1);
  t.true(gateway.err.includes("exit code 7") && gateway.err.includes(path.join(data, "board.log")));
});

test("a second signal does not wait for a board that will not end", async (t) => {
  const data = await temporaryDirectory(t);
  writeFileSync(path.join(data, "behaviour"), "deaf");
  const gateway = await running(t, data);
  gateway.child.kill("SIGINT");
  await until(() => gateway.err.includes("ending"));
  gateway.child.kill("SIGINT");
  t.is(await gateway.ended, 130);
  await until(() => !boards(data).some(isAlive));
  t.pass();
});

test("the board runs on when its supervisor is killed, and the next supervisor joins it", async (t) => {
  const data = await temporaryDirectory(t);
  // The simulator's port is in the configuration, and the configuration in what the board was started with.
  const port = String(await freePort());
  const gateway = await running(t, data, ["--simulator-port", port]);
  const [board = 0] = boards(data);
  gateway.child.kill("SIGKILL");
  await gateway.ended;
  await until(() => existsSync(path.join(data, "orphaned")));
  t.true(isAlive(board));
  const next = await running(t, data, ["--simulator-port", port]);
  t.deepEqual(boards(data), [board]);
  t.true(next.err.includes(`joined (pid=${board})`));
  next.child.kill("SIGTERM");
  t.is(await next.ended, 0);
  // Nobody may have asked how it ended: what is left of it has no command line.
  t.is(commandOf(board), "");
});

test("a second gateway on the same data directory is refused and leaves the board alone", async (t) => {
  const data = await temporaryDirectory(t);
  await running(t, data);
  const second = run(t, ["--data", data, "--simulator-port", "0", "--http-port", "0"]);
  t.is(await second.ended, 1);
  t.regex(second.err, /another process/);
  t.true(boards(data).every(isAlive));
});

test("a taken port of API and console ends it with exit code 1 and one line, before a board is started", async (t) => {
  const data = await temporaryDirectory(t);
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  t.teardown(() => other.close());
  await once(other, "listening");
  const gateway = run(t, ["--data", data, "--simulator-port", "0", "--http-port", String(port)]);
  t.is(await gateway.ended, 1);
  t.regex(gateway.err, new RegExp(`penstock: .*127\\.0\\.0\\.1:${port}: another program has that port.*--http-port`));
  t.is(boards(data).length, 0);
});

test("a taken simulator port ends it with exit code 1 and one line, before a board is started", async (t) => {
  const data = await temporaryDirectory(t);
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  t.teardown(() => other.close());
  await once(other, "listening");
  const gateway = run(t, ["--data", data, "--simulator-port", String(port)]);
  t.is(await gateway.ended, 1);
  t.regex(gateway.err, new RegExp(`^penstock: .*127\\.0\\.0\\.1:${port}: another program has that port.*--simulator-port\\n$`));
  t.is(boards(data).length, 0);
});

test("an unwritable data directory, a wrong flag and a missing configuration end it with exit code 1 and one line", async (t) => {
  const data = await temporaryDirectory(t);
  const file = path.join(data, "file");
  writeFileSync(file, "");
  for (const [args, message] of [
    [["--data", file], /^penstock: data directory .* cannot be written: .*\n$/],
    [["--mqtt-prot", "1"], /^penstock: --mqtt-prot: .*--mqtt-port\n$/],
    [["--data", data, "--no-simulator"], /^penstock: .*penstock\.json does not exist: .*--config FILE\n$/],
  ] as const) {
    const gateway = run(t, args);
    t.is(await gateway.ended, 1);
    t.regex(gateway.err, message);
    t.is(gateway.out, "");
  }
});

test("help and version are printed without starting anything", async (t) => {
  const help = run(t, ["--help"], main);
  t.is(await help.ended, 0);
  t.true(help.out.includes("--mqtt-port"));
  const version = run(t, ["--version"], main);
  t.is(await version.ended, 0);
  t.regex(version.out, /^\d+\.\d+\.\d+\n$/);
});
