import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { PumpStationSimulator } from "../../../../host/acquisition/simulator/modbus-simulator.ts";
import { PortTaken } from "../../../../shared/base/listen-error.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { peerTest } from "../../../harness/peers.ts";

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: PumpStationSimulator;
  /** Sends hexadecimal bytes and gives back as many bytes as asked for. */
  ask(request: string, length: number): Promise<string>;
  readonly socket: Socket;
}

async function open(t: ExecutionContext): Promise<Bench> {
  const clock = new FakeClock();
  const simulator = await PumpStationSimulator.open({ host: "127.0.0.1", port: 0, clock, log: new FakeLog(), seed: 1 });
  t.teardown(() => simulator.close());
  const socket = connect(simulator.port, "127.0.0.1");
  await once(socket, "connect");
  let received = Buffer.alloc(0);
  socket.on("data", (data) => {
    received = Buffer.concat([received, data]);
    socket.emit("more");
  });
  const ask = async (request: string, length: number): Promise<string> => {
    socket.write(Buffer.from(request.replaceAll(" ", ""), "hex"));
    while (received.length < length) await once(socket, "more");
    const answer = received.subarray(0, length).toString("hex");
    received = received.subarray(length);
    return answer;
  };
  return { clock, simulator, ask, socket };
}

/** `request` PDU to `unit` is answered with the PDU `reply`. Modbus Messaging on TCP/IP V1.0b §3.1.3: the MBAP header. */
async function exchange(t: ExecutionContext, bench: Bench, request: string, reply: string, unit = "01"): Promise<void> {
  const frame = (pdu: string): string => {
    const bytes = pdu.replaceAll(" ", "");
    return `2a170000${(bytes.length / 2 + 1).toString(16).padStart(4, "0")}${unit}${bytes}`;
  };
  const expected = frame(reply);
  t.is(await bench.ask(frame(request), expected.length / 2), expected, request);
}

test("readings, names and setpoints are read with functions 1 to 4", async (t) => {
  const bench = await open(t);
  await exchange(t, bench, "01 0000 0008", "01 01 00");
  await exchange(t, bench, "02 0000 0003", "02 01 00");
  await exchange(t, bench, "03 0000 0002", "03 04 0001 0352");
  await exchange(t, bench, "04 0020 0007", "04 0e 50756d702073746174696f6e2031");
  await exchange(t, bench, "04 0013 0001", "04 02 0142");
});

test("written coils and setpoints switch the pump, with functions 5, 6, 15 and 16", async (t) => {
  const bench = await open(t);
  const { station } = bench.simulator;
  await exchange(t, bench, "06 0000 0000", "06 0000 0000");
  await exchange(t, bench, "05 0000 ff00", "05 0000 ff00");
  await bench.clock.advance(millis(12_000));
  t.true(station.duty.flow > 0);
  await exchange(t, bench, "02 0000 0001", "02 01 01");
  await exchange(t, bench, "04 000e 0002", "04 04 0352 0002");

  await exchange(t, bench, "0f 0000 0001 01 00", "0f 0000 0001");
  await bench.clock.advance(millis(12_000));
  t.is(station.duty.flow, 0);

  await exchange(t, bench, "10 0001 0003 06 02bc 40000000", "10 0001 0003");
  t.is(station.settings.speed, 70);
  t.is(station.settings.startLevel, 2);
});

test("time by the clock moves the model", async (t) => {
  const { clock, simulator } = await open(t);
  const before = simulator.station.level;
  await clock.advance(millis(10_000));
  t.true(simulator.station.level > before);
});

test("mask write and read/write multiple, functions 22 and 23, are served", async (t) => {
  const bench = await open(t);
  await exchange(t, bench, "16 0009 fffe 0000", "16 0009 fffe 0000");
  t.false(bench.simulator.station.settings.softStart);
  await exchange(t, bench, "16 0009 fffe 0001", "16 0009 fffe 0001");
  t.true(bench.simulator.station.settings.softStart);
  await exchange(t, bench, "17 0000 0002 0001 0001 02 01f4", "17 04 0001 01f4");
  await exchange(t, bench, "17 0000 0011 0001 0001 02 0258", "97 02");
  t.is(bench.simulator.station.settings.speed, 50);
});

test("device identification, function 43/14, is served by stream and by object", async (t) => {
  const bench = await open(t);
  await exchange(t, bench, "2b 0e 01 00", "2b 0e 01 82 00 00 03 00 08 50656e73746f636b 01 06 50532d53494d 02 04 312e3432");
  await exchange(t, bench, "2b 0e 04 01", "2b 0e 04 82 00 00 01 01 06 50532d53494d");
  await exchange(t, bench, "2b 0e 04 55", "ab 02");
  await exchange(t, bench, "2b 0d 00 00", "ab 01");
});

const refusals: readonly (readonly [what: string, request: string, reply: string])[] = [
  ["a function that nobody knows", "64 00", "e4 01"],
  ["a diagnostic function it does not have", "08 0000 1234", "88 01"],
  ["an address beyond the table", "04 002f 0002", "84 02"],
  ["a write to a hole", "06 000a 0001", "86 02"],
  ["half of a float", "06 0002 4000", "86 02"],
  ["a setpoint out of range", "06 0001 03e9", "86 03"],
  ["a coil value that is neither on nor off", "05 0000 1234", "85 03"],
  ["too many registers", "03 0000 007e", "83 03"],
  ["no registers", "03 0000 0000", "83 03"],
  ["too many coils", "01 0000 07d1", "81 03"],
  ["a byte count that does not fit", "10 0001 0001 04 02bc 0000", "90 03"],
  ["a truncated request", "03 0000", "83 03"],
  ["the run coil in automatic mode", "05 0000 ff00", "85 04"],
];
for (const [what, request, reply] of refusals) {
  test(`${what} is answered with an exception, and the connection goes on`, async (t) => {
    const bench = await open(t);
    await exchange(t, bench, request, reply);
    await exchange(t, bench, "03 0001 0001", "03 02 0352");
  });
}

test("units 0 and 255 mean the station itself, others are behind no gateway", async (t) => {
  const bench = await open(t);
  for (const unit of ["00", "01", "ff"]) await exchange(t, bench, "03 0000 0001", "03 02 0001", unit);
  await exchange(t, bench, "03 0000 0001", "83 0b", "02");
});

test("requests sent together, or byte by byte, are answered one by one in order", async (t) => {
  const bench = await open(t);
  const request = (id: string, address: string): string => `${id}0000000601 03 ${address} 0001`;
  t.is(
    await bench.ask(`${request("0001", "0000")}${request("0002", "0001")}${request("0003", "0000")}`, 33),
    "000100000005010302000100020000000501030203520003000000050103020001",
  );
  const bytes = request("0004", "0001").replaceAll(" ", "").match(/../g) ?? [];
  for (const byte of bytes.slice(0, -1)) {
    bench.socket.write(Buffer.from(byte, "hex"));
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.is(await bench.ask(bytes.at(-1) ?? "", 11), "0004000000050103020352");
});

test("a frame that is no Modbus ends its connection and no other", async (t) => {
  const bench = await open(t);
  for (const broken of ["000100010006010300000001", "00010000000101", "0001000000ff0103"]) {
    const socket = connect(bench.simulator.port, "127.0.0.1");
    socket.write(Buffer.from(broken, "hex"));
    await once(socket, "close");
  }
  await exchange(t, bench, "03 0000 0001", "03 02 0001");
});

test("any bytes leave the station standing", async (t) => {
  const bench = await open(t);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
      const socket = connect(bench.simulator.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      socket.end(Buffer.concat([Buffer.from([0, 1, 0, 0, 0, Math.min(254, Math.max(2, body.length)), 1]), body]));
      await once(socket, "close");
    }),
    { numRuns: 100 },
  );
  await exchange(t, bench, "04 0013 0001", "04 02 0142");
});

test("a taken port is named, with the way out", async (t) => {
  const { simulator } = await open(t);
  const parts = { host: "127.0.0.1", port: simulator.port, clock: new FakeClock(), log: new FakeLog(), seed: 1 };
  const error = await t.throwsAsync(PumpStationSimulator.open(parts), { instanceOf: PortTaken });
  t.true(error.message.includes(`127.0.0.1:${simulator.port}`) && error.message.includes("--simulator-port"));
});

test("closing ends open connections and leaves no timer", async (t) => {
  const { simulator, socket, clock } = await open(t);
  const closed = once(socket, "close");
  await simulator.close();
  await closed;
  await simulator.close();
  t.is(clock.armed, 0);
});

peerTest("mbpoll")("mbpoll reads readings and switches the pump", async (t) => {
  const { simulator, clock } = await open(t);
  const mbpoll = async (...args: string[]): Promise<string> => {
    const options = ["-m", "tcp", "-p", String(simulator.port), "-1", "-0", "-q"];
    return (
      await promisify(execFile)("mbpoll", [...options, ...args.slice(0, -1), "127.0.0.1", ...(args.at(-1) === "" ? [] : args.slice(-1))])
    ).stdout;
  };
  t.regex(await mbpoll("-t", "3:float", "-B", "-r", "0", ""), /\[0\]:\s+1\.2/);
  t.regex(await mbpoll("-t", "4:float", "-r", "4", ""), /\[4\]:\s+0\.9/);
  t.regex(await mbpoll("-t", "4", "-r", "0", "0"), /Written 1 references/);
  t.regex(await mbpoll("-t", "0", "-r", "0", "1"), /Written 1 references/);
  await clock.advance(millis(12_000));
  t.regex(await mbpoll("-t", "1", "-r", "0", ""), /\[0\]:\s+1/);
  t.regex(await mbpoll("-t", "3:float", "-r", "2", ""), /\[2\]:\s+3\d\.\d/);
  const refused = await t.throwsAsync(mbpoll("-t", "4", "-r", "1", "1200"));
  t.regex(String(refused), /Illegal data value/);
});
