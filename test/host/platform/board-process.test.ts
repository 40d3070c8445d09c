import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { BoardStartFailed } from "../../../host/platform/board-errors.ts";
import { type BoardHandle, spawnBoard } from "../../../host/platform/board-handle.ts";
import { BoardPid } from "../../../host/platform/board-pid.ts";
import { BoardProcess, type BoardProcessParts } from "../../../host/platform/board-process.ts";
import { Stopped } from "../../../shared/base/stop-signal.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { until } from "../../harness/until.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const script = fileURLToPath(new URL("../stand-in-board.ts", import.meta.url));
const never = new AbortController().signal;

interface Bench {
  readonly data: string;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly parts: BoardProcessParts;
  readonly kill: AbortController;
  /** Process ids of the boards so far. */
  starts(): number[];
}

async function open(t: ExecutionContext, behaviour = ""): Promise<Bench> {
  const data = await temporaryDirectory(t);
  if (behaviour !== "") writeFileSync(path.join(data, "behaviour"), behaviour);
  const logFile = path.join(data, "board.log");
  const output = openSync(logFile, "a");
  t.teardown(() => closeSync(output));
  const [clock, log, kill] = [new FakeClock(), new FakeLog(), new AbortController()];
  t.teardown(() => kill.abort());
  const parts = {
    script,
    args: ["--data", data],
    output,
    logFile,
    pid: new BoardPid(data),
    clock,
    log,
    random: () => 1,
    kill: kill.signal,
  };
  const file = path.join(data, "starts");
  const starts = (): number[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map(Number)
      : [];
  return { data, clock, log, parts, kill, starts };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a board is started, waited for, remembered and ended", async (t) => {
  const { data, parts, starts, clock } = await open(t);
  const board = await BoardProcess.open(parts, never);
  t.deepEqual(board.ready, { addresses: ["mqtt://127.0.0.1:1883"], health: "http://127.0.0.1:9464" });
  t.deepEqual(starts(), [board.pid]);
  t.is(readFileSync(path.join(data, "board.pid"), "utf8"), String(board.pid));
  await board.close();
  await board.close();
  t.false(starts().some(isAlive));
  t.false(existsSync(path.join(data, "board.pid")));
  t.is(clock.armed, 0);
});

test("a board leads its own session, so that a terminal's Ctrl-C passes it by", async (t) => {
  const { parts } = await open(t);
  await using board = await BoardProcess.open(parts, never);
  const session = (pid: number | string): string | undefined => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
  t.is(session(board.pid ?? ""), String(board.pid));
  t.not(session("self"), String(board.pid));
});

test("a board that refuses to start is an error with its exit code, and is not started again", async (t) => {
  for (const [behaviour, exitCode] of [
    ["fail", 1],
    ["crash", 7],
  ] as const) {
    const { parts, starts, clock } = await open(t, behaviour);
    const error = await t.throwsAsync(BoardProcess.open(parts, never), { instanceOf: BoardStartFailed });
    t.is(error.end.exitCode, exitCode);
    t.is(starts().length, 1);
    t.is(clock.armed, 0);
  }
});

test("a board that dies later is started again after waits that double from 1 s, and counted", async (t) => {
  const { parts, starts, clock, log } = await open(t);
  await using board = await BoardProcess.open(parts, never);
  for (const [index, wait] of [1000, 2000, 4000].entries()) {
    process.kill(board.pid ?? 0, "SIGKILL");
    await until(() => clock.armed === 1);
    await clock.advance(millis(wait - 1));
    t.is(starts().length, index + 1);
    await clock.advance(millis(1));
    await until(() => log.entries.filter(({ level }) => level === "info").length === index + 1);
    t.is(starts().length, index + 2);
    t.is(board.metrics()[0]?.values[0]?.value, index + 1);
  }
  t.regex(log.entries[0]?.message ?? "", /ended with signal SIGKILL; starting it again in 1\.0 s/);
});

test("a board that ran for long waits 1 s again", async (t) => {
  const { parts, clock, log } = await open(t);
  await using board = await BoardProcess.open(parts, never);
  process.kill(board.pid ?? 0, "SIGKILL");
  await until(() => clock.armed === 1);
  await clock.advance(millis(1000));
  await until(() => log.entries.length === 2);
  await clock.advance(millis(60_000));
  process.kill(board.pid ?? 0, "SIGKILL");
  await until(() => log.entries.length === 3);
  t.regex(log.entries[2]?.message ?? "", /again in 1\.0 s/);
});

test("a board that fails to come back is tried again", async (t) => {
  const { data, parts, starts, clock, log } = await open(t);
  await using board = await BoardProcess.open(parts, never);
  writeFileSync(path.join(data, "behaviour"), "crash-once");
  process.kill(board.pid ?? 0, "SIGKILL");
  await until(() => clock.armed === 1);
  await clock.advance(millis(1000));
  await until(() => log.entries.length === 2);
  t.regex(log.entries[1]?.message ?? "", /exit code 7; starting it again in 2\.0 s/);
  await clock.advance(millis(2000));
  await until(() => log.entries.length === 3);
  t.is(starts().length, 3);
});

test("closing while a restart waits leaves no timer and starts nothing", async (t) => {
  const { parts, starts, clock } = await open(t);
  const board = await BoardProcess.open(parts, never);
  process.kill(board.pid ?? 0, "SIGKILL");
  await until(() => clock.armed === 1);
  await board.close();
  t.is(clock.armed, 0);
  t.is(starts().length, 1);
});

test("a board that ignores SIGTERM is killed 1.5 s later", async (t) => {
  const { parts, starts, clock } = await open(t, "deaf");
  const board = await BoardProcess.open(parts, never);
  const closed = board.close();
  await clock.advance(millis(1499));
  t.true(starts().every(isAlive));
  await clock.advance(millis(1));
  await closed;
  t.false(starts().some(isAlive));
});

test("the kill signal ends even a deaf board at once", async (t) => {
  const { parts, starts, kill } = await open(t, "deaf");
  const board = await BoardProcess.open(parts, never);
  const closed = board.close();
  kill.abort();
  await closed;
  t.false(starts().some(isAlive));
});

test("stopping while the board starts ends it", async (t) => {
  const { parts, starts, clock } = await open(t, "mute");
  const stop = new AbortController();
  const opening = BoardProcess.open(parts, stop.signal);
  await until(() => starts().length === 1);
  stop.abort();
  await t.throwsAsync(opening, { instanceOf: Stopped });
  t.false(starts().some(isAlive));
  t.is(clock.armed, 0);
});

/** A board as a supervisor leaves it that was killed. */
async function leaveBoard({ parts }: Bench): Promise<BoardHandle> {
  const left = spawnBoard({ script: parts.script, args: parts.args, flags: [], output: parts.output });
  await left.ready;
  await parts.pid.write(left.pid ?? 0);
  return left;
}

test("a board that an earlier supervisor left is joined, watched and started again when it ends", async (t) => {
  const bench = await open(t);
  const { parts, starts, clock, log } = bench;
  const left = await leaveBoard(bench);
  await using board = await BoardProcess.open(parts, never);
  t.is(board.pid, left.pid);
  t.is(board.ready?.health, "http://127.0.0.1:9464");
  t.is(starts().length, 1);
  t.is(board.standing.state, "running");
  t.true(log.entries.some(({ message }) => message.includes("joined")));
  left.kill("SIGKILL");
  await left.ended;
  await clock.advance(millis(500));
  await until(() => board.standing.state === "waiting");
  await clock.advance(millis(1000));
  await until(() => board.standing.state === "running");
  t.is(starts().length, 2);
});

test("a board that was joined ends with its new supervisor", async (t) => {
  const bench = await open(t);
  const left = await leaveBoard(bench);
  const board = await BoardProcess.open(bench.parts, never);
  const closed = board.close();
  await left.ended;
  await bench.clock.advance(millis(500));
  await closed;
  t.false(bench.starts().some(isAlive));
});

test("a board that was left with other arguments is ended, and another one started", async (t) => {
  const bench = await open(t);
  const { parts, starts, clock } = bench;
  const left = await leaveBoard(bench);
  const opening = BoardProcess.open({ ...parts, args: [...parts.args, "--mqtt-port", "1884"] }, never);
  await left.ended;
  await clock.advance(millis(500));
  await using board = await opening;
  t.deepEqual(starts(), [left.pid, board.pid]);
});

test("a board that ends five times in ten minutes has failed, and is started every minute until it stays", async (t) => {
  const { parts, clock, log } = await open(t);
  await using board = await BoardProcess.open(parts, never);
  const told: string[] = [];
  board.onStanding(({ state }) => told.push(state));
  for (const wait of [1000, 2000, 4000, 8000, 60_000]) {
    const restarts = board.standing.restarts;
    process.kill(board.pid ?? 0, "SIGKILL");
    await until(() => clock.armed === 1);
    t.is(board.standing.state, wait === 60_000 ? "failed" : "waiting");
    await clock.advance(millis(wait));
    await until(() => board.standing.restarts === restarts + 1 && board.standing.state === "running");
  }
  t.is(told.filter((state) => state === "failed").length, 1);
  t.is(board.standing.lastEnd, "signal SIGKILL");
  t.true(log.entries.some(({ level, message }) => level === "error" && message.includes("fifth time")));
});

test("a process that only has the number of an earlier board is no board", async (t) => {
  const { data, parts } = await open(t);
  writeFileSync(path.join(data, "board.pid"), String(process.pid));
  const board = await BoardProcess.open(parts, never);
  await board.close();
  t.pass();
});
