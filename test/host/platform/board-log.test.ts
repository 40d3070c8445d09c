import { appendFileSync, existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { BoardLog } from "../../../host/platform/board-log.ts";
import { showLogLine } from "../../../host/platform/show-log-line.ts";
import { bytes, millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

async function open(t: ExecutionContext, before = "") {
  const file = path.join(await temporaryDirectory(t), "board.log");
  if (before !== "") writeFileSync(file, before);
  const clock = new FakeClock();
  const shown: string[] = [];
  const log = new BoardLog({ file, clock, show: (line) => shown.push(line), most: bytes(1000) });
  t.teardown(() => log.close());
  return { file, clock, shown, log };
}

test("what people shall see is shown while it is written, whole lines only, and nothing of earlier runs", async (t) => {
  const { clock, shown, log, file } = await open(t, "an old line\n");
  writeSync(log.output, "first\nsec");
  await clock.advance(millis(250));
  t.deepEqual(shown, ["first"]);
  appendFileSync(file, "ond – ü\n");
  await clock.advance(millis(250));
  t.deepEqual(shown, ["first", "second – ü"]);
});

test("closing shows the rest and leaves no timer", async (t) => {
  const { clock, shown, log } = await open(t);
  writeSync(log.output, "why it ended\n");
  log.close();
  log.close();
  t.deepEqual(shown, ["why it ended"]);
  t.is(clock.armed, 0);
});

test("a long log is moved aside once and writing goes on", async (t) => {
  const { clock, shown, log, file } = await open(t);
  writeSync(log.output, `${"x".repeat(1200)}\n`);
  await clock.advance(millis(250));
  t.is(readFileSync(file, "utf8"), "");
  t.is(readFileSync(`${file}.1`, "utf8").length, 1201);
  writeSync(log.output, "after\n");
  await clock.advance(millis(250));
  t.is(readFileSync(file, "utf8"), "after\n");
  t.is(shown.at(-1), "after");
});

test("a log that is too long already is moved aside at the start", async (t) => {
  const { file } = await open(t, "y".repeat(1001));
  t.is(readFileSync(file, "utf8"), "");
  t.true(existsSync(`${file}.1`));
});

test("warnings and errors of the JSON log are put in words, the rest of it is left in the file", (t) => {
  const entry = (level: number): string =>
    JSON.stringify({ level, time: "2026-01-02T03:04:05.678Z", name: "board", pid: 1, line: "a b", n: 2, msg: "text" });
  t.is(showLogLine(entry(30)), undefined);
  t.is(showLogLine(entry(40)), '03:04:05 warn  board: text (line="a b" n=2)');
  t.is(showLogLine(entry(50)), '03:04:05 error board: text (line="a b" n=2)');
  t.is(showLogLine('{"level":60,"time":0,"msg":"end"}'), "00:00:00 error board: end");
});

test("what is no log entry is shown as it is", (t) => {
  for (const line of ["penstock: the port is taken", "    at main.ts:1:2", "{ half", '{"no":"level"}']) t.is(showLogLine(line), line);
  t.is(showLogLine("  "), undefined);
});
