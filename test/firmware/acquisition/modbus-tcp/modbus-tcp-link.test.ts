import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import test from "ava";
import { LineDown, ReplyTimeout } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { FakeLog } from "../../../harness/fake-log.ts";
import { freePort } from "../../../harness/free-port.ts";
import {
  echoOf,
  metricOf,
  openModbusBench,
  openModbusLine,
  readRegisters,
  second,
  urgentSecond,
} from "../../../harness/open-modbus-line.ts";
import { ScriptedModbusServer } from "../../../harness/scripted-modbus-server.ts";
import { until } from "../../../harness/until.ts";

const { signal } = new AbortController();

/** How often the line has told that it has no connection. */
const outages = (log: FakeLog): number => log.entries.filter((entry) => /line (lost|still down)/.test(entry.message)).length;

test("a request asked before the first dial has ended waits for it", async (t) => {
  const { line } = await openModbusBench(t, {}, (request) => request.echo());
  t.false(line.up);
  t.deepEqual(await line.exchange(1, readRegisters(1), second, signal), echoOf(1));
  t.true(line.up);
});

test("while nobody listens requests fail at once, and the line comes up by itself when somebody does", async (t) => {
  const port = await freePort();
  const { line, clock, log } = openModbusLine(t, port);
  const waiting = await t.throwsAsync(line.exchange(1, readRegisters(1), second, signal), { instanceOf: LineDown });
  t.regex(waiting.message, /line plc.*unit 1.*ECONNREFUSED/);
  await t.throwsAsync(line.exchange(1, readRegisters(1), urgentSecond, signal), { instanceOf: LineDown });
  t.is(metricOf(line, "queue_depth"), 0);
  const server = await ScriptedModbusServer.open((request) => request.echo(), port);
  t.teardown(() => server.close());
  await clock.advance(millis(1000));
  await until(() => line.up);
  t.deepEqual(await line.exchange(1, readRegisters(2), second, signal), echoOf(2));
  t.deepEqual(
    log.entries.filter((entry) => entry.level !== "debug").map((entry) => [entry.level, entry.message]),
    [
      ["warn", "line lost, dialling again"],
      ["info", "line connected"],
    ],
  );
});

test("a server that accepts and closes is dialled for ever, more and more seldom", async (t) => {
  const { clock, log, server } = await openModbusBench(t);
  server.onConnection = (socket) => socket.end();
  // Doubling from 1 s to 60 s; with a random number of 0.5 three quarters of it, and at least 1 s.
  for (const [n, wait] of [1000, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000, 45_000].entries()) {
    await until(() => outages(log) === n + 1);
    t.is(server.accepted, n + 1);
    await clock.advance(millis(wait - 1));
    t.is(server.accepted, n + 1);
    await clock.advance(millis(1));
    await until(() => server.accepted === n + 2);
  }
});

test("a connection that answered starts the waits anew", async (t) => {
  const { line, clock, log, server } = await openModbusBench(t);
  server.onConnection = (socket) => socket.destroy();
  for (const [n, wait] of [1000, 1500, 3000].entries()) {
    await until(() => outages(log) === n + 1);
    if (n === 2) server.onConnection = () => {};
    await clock.advance(millis(wait));
  }
  await until(() => line.up);
  const reply = line.exchange(1, readRegisters(1), second, signal);
  const request = await server.next();
  request.echo();
  await reply;
  request.socket.resetAndDestroy();
  await until(() => !line.up);
  await clock.advance(millis(1000));
  await until(() => line.up);
  t.is(server.accepted, 5);
  t.is(metricOf(line, "reconnects_total"), 4);
});

test("a connection reset in the middle of a reply fails the request, and the half reply is forgotten", async (t) => {
  const { line, clock, server } = await openModbusBench(t, { inFlight: 2 });
  const replies = [1, 2].map((address) =>
    t.throwsAsync(line.exchange(1, readRegisters(address, 9), second, signal), { instanceOf: LineDown }),
  );
  const [request] = await server.take(2);
  request?.socket.write(request.frame(request.echoPdu()).subarray(0, 11));
  await until(() => metricOf(line, "received_bytes_total") === 11);
  request?.socket.resetAndDestroy();
  await Promise.all(replies);
  await clock.advance(millis(1000));
  await until(() => line.up);
  const next = line.exchange(1, readRegisters(3), second, signal);
  (await server.next()).echo();
  t.deepEqual(await next, echoOf(3));
});

test("a server that ends its side ends the connection", async (t) => {
  const { line, server } = await openModbusBench(t);
  const reply = line.exchange(1, readRegisters(1), second, signal);
  (await server.next()).socket.end();
  const error = await t.throwsAsync(reply, { instanceOf: LineDown });
  t.regex(error.message, /the peer closed the connection/);
});

test("a device that never answers is left after three timeouts, and dialled again after a wait", async (t) => {
  const { line, clock, server } = await openModbusBench(t);
  const timeouts = [1, 2, 3].map((address) =>
    t.throwsAsync(line.exchange(1, readRegisters(address), second, signal), { instanceOf: ReplyTimeout }),
  );
  const fourth = t.throwsAsync(line.exchange(1, readRegisters(4), second, signal), { instanceOf: LineDown });
  for (let n = 0; n < 3; n++) {
    await server.next();
    await clock.advance(millis(1000));
  }
  await Promise.all([...timeouts, fourth]);
  t.false(line.up);
  await clock.advance(millis(1000));
  await until(() => line.up);
  t.is(server.accepted, 2);
});

test("a connection that answered before and fell silent is replaced at once, and requests wait for the new one", async (t) => {
  const { line, clock, server } = await openModbusBench(t);
  const first = line.exchange(1, readRegisters(0), second, signal);
  (await server.next()).echo();
  await first;
  const timeouts = [1, 2, 3].map((address) =>
    t.throwsAsync(line.exchange(1, readRegisters(address), second, signal), { instanceOf: ReplyTimeout }),
  );
  const fourth = line.exchange(1, readRegisters(4), second, signal);
  for (let n = 0; n < 3; n++) {
    await server.next();
    await clock.advance(millis(1000));
  }
  await Promise.all(timeouts);
  (await server.next()).echo();
  t.deepEqual(await fourth, echoOf(4));
  t.is(server.accepted, 2);
});

test("one dead unit behind a gateway costs the others neither the connection nor a reply", async (t) => {
  const { line, clock, server } = await openModbusBench(t);
  for (let round = 0; round < 4; round++) {
    const dead = [1, 2, 3, 4].map((address) =>
      t.throwsAsync(line.exchange(1, readRegisters(address), second, signal), { instanceOf: ReplyTimeout }),
    );
    const living = line.exchange(2, readRegisters(5), second, signal);
    const units: number[] = [];
    for (let n = 0; n < 5; n++) {
      const request = await server.next();
      units.push(request.unit);
      if (request.unit === 2) request.echo();
      else await clock.advance(millis(1000));
    }
    t.true(units.indexOf(2) <= 2, `units have their turns: ${units}`);
    t.deepEqual(await living, echoOf(5));
    await Promise.all(dead);
  }
  t.is(server.accepted, 1);
});

test("a dial that gets no answer is given up, and requests that wait for it by their own timeout", async (t) => {
  // A stopped process with a full backlog: the kernel lets further dials hang.
  const script =
    'const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const [text] = await once(child.stdout, "data");
  const port = Number(String(text).trim());
  child.kill("SIGSTOP");
  const fillers = [1, 2].map(() => connect({ port, host: "127.0.0.1" }).on("error", () => {}));
  t.teardown(() => {
    for (const filler of fillers) filler.destroy();
  });
  await Promise.all(fillers.map((filler) => once(filler, "connect")));

  const { line, clock, log } = openModbusLine(t, port);
  const impatient = t.throwsAsync(line.exchange(1, readRegisters(1), second, signal), { instanceOf: LineDown });
  const patient = t.throwsAsync(line.exchange(1, readRegisters(1), { timeout: millis(9000) }, signal), { instanceOf: LineDown });
  await clock.advance(millis(1000));
  t.regex((await impatient).message, /no connection within 1000 ms/);
  t.is(outages(log), 0);
  await clock.advance(millis(2000));
  t.regex((await patient).message, /no connection within 3000 ms/);
  t.is(outages(log), 1);
});
