import test from "ava";
import fc from "fast-check";
import { Quality } from "../../../../shared/acquisition/sample.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { IntentAnswer } from "../../../../shared/connectors/modbus-server/intent-taker.ts";
import { until } from "../../../harness/until.ts";
import { counted, openServer, RawClient, sampleOf, someRegisters } from "./open-server.ts";

test("a value that was never measured is answered with exception 04, and with the value once there is one", async (t) => {
  const { server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  t.deepEqual(await client.ask([4, 0, 0, 0, 2]), [0x84, 4]);
  server.accept([sampleOf("level", 1.5)]);
  t.deepEqual(await client.ask([4, 0, 0, 0, 3]), [4, 6, 0x3f, 0xc0, 0, 0, 0, 15]);
});

test("what an earlier run measured is stale: exception by default, its value where the configuration says so", async (t) => {
  const known = [sampleOf("level", 1.5, Quality.stale)];
  const strict = await openServer(t, {}, known);
  t.deepEqual(await (await RawClient.open(t, strict.server.port)).ask([4, 0, 0, 0, 2]), [0x84, 4]);
  const lenient = await openServer(t, { whenBad: "last" }, known);
  const client = await RawClient.open(t, lenient.server.port);
  t.deepEqual(await client.ask([4, 0, 0, 0, 2]), [4, 4, 0x3f, 0xc0, 0, 0]);
  lenient.server.accept([sampleOf("level", null, Quality.bad)]);
  t.deepEqual(await client.ask([4, 0, 0, 0, 2]), [4, 4, 0x3f, 0xc0, 0, 0], "bad: the last good value");
  t.deepEqual(await client.ask([2, 0, 7, 0, 1]), [0x82, 4], "never a value");
});

test("bits, texts and truth in registers are read as they are laid out", async (t) => {
  const { server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  server.accept([sampleOf("run", true), sampleOf("alarm", false), sampleOf("label", "abc"), sampleOf("level", 0)]);
  t.deepEqual(await client.ask([1, 0, 0, 0, 2]), [1, 1, 0b01]);
  t.deepEqual(await client.ask([2, 0, 7, 0, 1]), [2, 1, 0]);
  t.deepEqual(await client.ask([4, 0, 10, 0, 3]), [4, 6, 0x61, 0x62, 0x63, 0, 0, 0]);
  t.deepEqual(await client.ask([3, 0, 3, 0, 1]), [3, 2, 0, 1]);
  server.accept([sampleOf("alarm", true)]);
  t.deepEqual(await client.ask([1, 0, 0, 0, 2]), [1, 1, 0b11]);
});

test("addresses that are not served, and parts of values, are answered with exception 02", async (t) => {
  const { server } = await openServer(t);
  server.accept([sampleOf("level", 1), sampleOf("label", "x")]);
  const client = await RawClient.open(t, server.port);
  t.deepEqual(await client.ask([4, 0, 0, 0, 4]), [0x84, 2]);
  t.deepEqual(await client.ask([4, 0, 0, 0, 1]), [0x84, 2], "the first half of a float");
  t.deepEqual(await client.ask([4, 0, 1, 0, 2]), [0x84, 2], "the second half of a float");
  t.deepEqual(await client.ask([1, 0, 9, 0, 1]), [0x81, 2]);
});

test("a value that does not fit into its register is answered with exception 04 and counted once", async (t) => {
  const { server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  server.accept([sampleOf("level", 1e6)]);
  t.deepEqual(await client.ask([4, 0, 2, 0, 1]), [0x84, 4]);
  t.deepEqual(await client.ask([4, 0, 2, 0, 1]), [0x84, 4]);
  t.is(counted(server, "penstock_modbus_server_unfit_total"), 1);
});

test("writes of every kind become desired values, and are answered when these are taken", async (t) => {
  const bench = await openServer(t);
  const client = await RawClient.open(t, bench.server.port);
  t.deepEqual(await client.ask([6, 0, 0, 0, 42]), [6, 0, 0, 0, 42]);
  t.deepEqual(await client.ask([5, 0, 0, 0xff, 0]), [5, 0, 0, 0xff, 0]);
  t.deepEqual(await client.ask([15, 0, 0, 0, 1, 1, 0]), [15, 0, 0, 0, 1]);
  t.deepEqual(await client.ask([16, 0, 0, 0, 4, 8, 0, 7, 0, 0, 0x3f, 0xc0, 0, 1]), [16, 0, 0, 0, 4]);
  t.deepEqual(
    bench.wanted.map(({ feature, value }) => [feature, value]),
    [
      ["speed", 42],
      ["run", true],
      ["run", false],
      ["speed", 7],
      ["ratio", 1.5],
      ["run", true],
    ],
  );
  t.is(counted(bench.server, "penstock_modbus_server_writes_total", { result: "accepted" }), 6);
  const audit = bench.log.entries.filter(({ message }) => message === "a Modbus client set a desired value");
  t.is(audit.length, 6);
  t.regex(JSON.stringify(audit[0]?.fields), /"who":"modbus 127\.0\.0\.1:\d+","thing":"pump","feature":"speed","value":42,"before":null/);
});

test("a write is not answered before its desired value is taken", async (t) => {
  const bench = await openServer(t);
  let take: (answer: IntentAnswer) => void = () => undefined;
  bench.answer = () => new Promise((resolve) => (take = resolve));
  const client = await RawClient.open(t, bench.server.port);
  client.send([6, 0, 0, 0, 1]);
  client.send([2, 0, 7, 0, 1]);
  await until(() => bench.wanted.length === 1);
  let answered = false;
  const answer = client.next().then((pdu) => {
    answered = true;
    return pdu;
  });
  await new Promise((resolve) => setImmediate(resolve));
  t.false(answered);
  take({ accepted: true });
  t.deepEqual(await answer, [6, 0, 0, 0, 1]);
  t.deepEqual(await client.next(), [0x82, 4], "requests of one client are served in their order");
});

test("what may not be written is refused, and nothing of such a write is taken", async (t) => {
  const bench = await openServer(t);
  const client = await RawClient.open(t, bench.server.port);
  t.deepEqual(await client.ask([6, 0, 0, 0, 101]), [0x86, 3], "the point's rule");
  t.deepEqual(await client.ask([16, 0, 0, 0, 4, 8, 0, 200, 0, 0, 0x3f, 0xc0, 0, 1]), [0x90, 3], "one of three");
  t.deepEqual(await client.ask([6, 0, 3, 0, 2]), [0x86, 3], "neither 0 nor 1");
  t.deepEqual(await client.ask([6, 0, 1, 0, 0]), [0x86, 2], "half of a float");
  t.deepEqual(await client.ask([16, 0, 0, 0, 2, 4, 0, 1, 0, 0]), [0x90, 2], "a value and half of the next");
  t.deepEqual(await client.ask([16, 0, 4, 0, 2, 4, 0, 0, 0, 0]), [0x90, 2], "a register without write");
  t.deepEqual(await client.ask([5, 0, 1, 0xff, 0]), [0x85, 2], "a coil without write");
  t.deepEqual(await client.ask([16, 0, 1, 0, 2, 4, 0, 0, 0x7f, 0xc0]), [0x90, 3], "NaN");
  t.deepEqual(await client.ask([6, 0, 99, 0, 1]), [0x86, 2], "not served");
  t.deepEqual(bench.wanted, []);
});

test("a client that is refused again and again does not fill the log, and how many lines were left out is told", async (t) => {
  const bench = await openServer(t);
  const client = await RawClient.open(t, bench.server.port);
  for (let write = 0; write < 100; write += 1) await client.ask([6, 0, 0, 0, 101]);
  const warnings = () => bench.log.entries.filter(({ level }) => level === "warn");
  t.is(warnings().length, 30);
  await bench.clock.advance(millis(61_000));
  await client.ask([6, 0, 99, 0, 1]);
  t.like(warnings()[30]?.fields, { unsaid: 70 });
});

test("a desired value that the board cannot take is answered with exception 04, 06 when it is busy, 03 when it refuses late", async (t) => {
  const bench = await openServer(t);
  const client = await RawClient.open(t, bench.server.port);
  const end = (answer: IntentAnswer): void => {
    bench.answer = async () => answer;
  };
  end({ accepted: false, state: "failed", code: "EDGE_TWIN_STORE" });
  t.deepEqual(await client.ask([6, 0, 0, 0, 1]), [0x86, 4]);
  end({ accepted: false, state: "failed", code: "EDGE_TWIN_BUSY" });
  t.deepEqual(await client.ask([6, 0, 0, 0, 1]), [0x86, 6]);
  end({ accepted: false, state: "refused", code: "EDGE_WRITE_REFUSED" });
  t.deepEqual(await client.ask([6, 0, 0, 0, 1]), [0x86, 3]);
  bench.answer = () => Promise.reject(new Error("unforeseen"));
  t.deepEqual(await client.ask([6, 0, 0, 0, 1]), [0x86, 4]);
});

test("a client that says in cycles what the point already holds changes nothing", async (t) => {
  const bench = await openServer(t);
  const client = await RawClient.open(t, bench.server.port);
  const write = (): Promise<readonly number[]> => client.ask([6, 0, 0, 0, 9]);
  await write();
  await write();
  t.is(bench.wanted.length, 2, "not reported yet");
  bench.server.accept([sampleOf("speed", 9)]);
  await write();
  t.is(bench.wanted.length, 2);
  t.is(counted(bench.server, "penstock_modbus_server_writes_total", { result: "unchanged" }), 1);
  bench.server.accept([sampleOf("speed", 5)]);
  await write();
  t.is(bench.wanted.length, 3, "somebody turned the knob");
  bench.server.accept([sampleOf("speed", 9, Quality.uncertain)]);
  await write();
  t.is(bench.wanted.length, 4, "nobody knows what the device holds");
});

test("unsound requests are answered as the standard says", async (t) => {
  const { server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  t.deepEqual(await client.ask([7]), [0x87, 1]);
  t.deepEqual(await client.ask([22, 0, 0, 0, 0, 0, 0]), [0x96, 1]);
  t.deepEqual(await client.ask([3, 0, 0, 0, 126]), [0x83, 3]);
  t.deepEqual(await client.ask([3, 0, 0, 0, 0]), [0x83, 3]);
  t.deepEqual(await client.ask([5, 0, 0, 1, 0]), [0x85, 3]);
  t.deepEqual(await client.ask([16, 0, 0, 0, 2, 4, 0]), [0x90, 3]);
  t.deepEqual(await client.ask([3, 0xff, 0xff, 0, 2]), [0x83, 2]);
});

test("with a unit of its own, requests to others are answered with exception 0b", async (t) => {
  const { server } = await openServer(t, { unit: 5 });
  server.accept([sampleOf("speed", 3)]);
  const client = await RawClient.open(t, server.port);
  t.deepEqual(await client.ask([3, 0, 0, 0, 1], 1), [0x83, 0x0b]);
  t.deepEqual(await client.ask([3, 0, 0, 0, 1], 5), [3, 2, 0, 3]);
});

test("the board says what it is", async (t) => {
  const { server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  const answer = await client.ask([43, 14, 1, 0]);
  t.deepEqual(answer.slice(0, 8), [43, 14, 1, 0x82, 0, 0, 3, 0]);
  t.true(Buffer.from(answer).toString("latin1").includes("1.2.3"));
  t.deepEqual((await client.ask([43, 14, 4, 6])).slice(-5), [...Buffer.from("north")]);
  t.deepEqual(await client.ask([43, 14, 4, 99]), [0xab, 2]);
});

test("a broken header ends the connection, and others are served on", async (t) => {
  const { server } = await openServer(t);
  server.accept([sampleOf("speed", 3)]);
  const [bad, good] = [await RawClient.open(t, server.port), await RawClient.open(t, server.port)];
  bad.socket.write(Buffer.from([0, 1, 0, 9, 0, 6, 1, 3, 0, 0, 0, 1]));
  await bad.ended();
  t.deepEqual(await good.ask([3, 0, 0, 0, 1]), [3, 2, 0, 3]);
  t.is(counted(server, "penstock_modbus_server_ended_total", { cause: "frame" }), 1);
});

test("one connection too many is refused, unless another was silent for long", async (t) => {
  const { clock, server } = await openServer(t, { clients: 2 });
  server.accept([sampleOf("speed", 3)]);
  const [silent, busy] = [await RawClient.open(t, server.port), await RawClient.open(t, server.port)];
  await until(() => counted(server, "penstock_modbus_server_clients") === 2);
  await (await RawClient.open(t, server.port)).ended();
  t.is(counted(server, "penstock_modbus_server_refused_total", { cause: "full" }), 1);
  await clock.advance(millis(31_000));
  await busy.ask([3, 0, 0, 0, 1]);
  const late = await RawClient.open(t, server.port);
  await silent.ended();
  t.deepEqual(await late.ask([3, 0, 0, 0, 1]), [3, 2, 0, 3]);
  t.is(counted(server, "penstock_modbus_server_ended_total", { cause: "displaced" }), 1);
});

test("a connection without requests is closed in the end", async (t) => {
  const { clock, server } = await openServer(t, { idleTimeout: "60 s" });
  const client = await RawClient.open(t, server.port);
  await until(() => counted(server, "penstock_modbus_server_clients") === 1);
  client.socket.write(Buffer.from([0, 1, 0, 0]));
  await clock.advance(millis(66_000));
  await client.ended();
  t.is(counted(server, "penstock_modbus_server_ended_total", { cause: "idle" }), 1);
});

test("only allowed addresses may connect", async (t) => {
  const { server } = await openServer(t, { allow: ["192.0.2.0/24"] });
  await (await RawClient.open(t, server.port)).ended();
  t.is(counted(server, "penstock_modbus_server_refused_total", { cause: "address" }), 1);
  const open = await openServer(t, { allow: ["127.0.0.0/8"] });
  open.server.accept([sampleOf("speed", 3)]);
  t.deepEqual(await (await RawClient.open(t, open.server.port)).ask([3, 0, 0, 0, 1]), [3, 2, 0, 3]);
});

test("a client that asks without reading is stopped, and gets all its answers when it reads", async (t) => {
  const { server } = await openServer(t);
  server.accept([sampleOf("level", 1), sampleOf("speed", 3)]);
  const client = await RawClient.open(t, server.port);
  client.socket.pause();
  const requests = 20_000;
  for (let sent = 0; sent < requests; sent += 1) client.send([3, 0, 0, 0, 1]);
  const other = await RawClient.open(t, server.port);
  t.deepEqual(await other.ask([3, 0, 0, 0, 1]), [3, 2, 0, 3]);
  client.socket.resume();
  for (let got = 0; got < requests; got += 1) await client.next();
  t.is(counted(server, "penstock_modbus_server_requests_total", { function: "3" }), requests + 1);
});

test("whatever bytes come, the server neither ends nor falls silent to others", async (t) => {
  const bench = await openServer(t);
  bench.server.accept(
    someRegisters.map(({ feature }) => sampleOf(feature, feature === "label" ? "x" : feature === "run" || feature === "alarm" ? true : 1)),
  );
  const pdu = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 253 }),
    fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 15, 16, 43), fc.uint8Array({ maxLength: 20 }))
      .map(([code, rest]) => Uint8Array.of(code, ...rest)),
  );
  const framed = pdu.map((bytes) => [0, 1, 0, 0, (bytes.length + 1) >> 8, (bytes.length + 1) & 0xff, 1, ...bytes]);
  const stream = fc.array(fc.oneof({ weight: 4, arbitrary: framed }, { weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 12 }) }), {
    maxLength: 20,
  });
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(stream, async (frames) => {
        const hostile = await RawClient.open(t, bench.server.port);
        hostile.socket.end(Uint8Array.from(frames.flat()));
        const good = await RawClient.open(t, bench.server.port);
        const answer = await good.ask([1, 0, 0, 0, 1]);
        hostile.socket.destroy();
        good.socket.destroy();
        await until(() => (counted(bench.server, "penstock_modbus_server_clients") ?? 0) < 4);
        return answer[0] === 1 && answer.length === 3;
      }),
      { numRuns: 150 },
    ),
  );
});

test("closing ends the connections, and again does nothing", async (t) => {
  const { clock, server } = await openServer(t);
  const client = await RawClient.open(t, server.port);
  await until(() => counted(server, "penstock_modbus_server_clients") === 1);
  await server.close();
  await client.ended();
  await server.close();
  t.is(clock.armed, 0);
});

test("a port that is taken is told of", async (t) => {
  const { server } = await openServer(t);
  await t.throwsAsync(openServer(t, { port: server.port }), {
    code: "EDGE_PORT_TAKEN",
    message: /the Modbus server cannot listen .* modbusServer\.port/,
  });
});
