import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { ModbusTcpLine } from "../../../firmware/acquisition/modbus-tcp/modbus-tcp-line.ts";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import { decodeResponse } from "../../../shared/acquisition/modbus/decode-response.ts";
import { encodeRequest } from "../../../shared/acquisition/modbus/encode-request.ts";
import { ModbusException } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { ModbusRequest } from "../../../shared/acquisition/modbus/modbus-request.ts";
import type { ModbusResponse } from "../../../shared/acquisition/modbus/modbus-response.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { metricOf } from "../../harness/open-modbus-line.ts";
import { peerTest } from "../../harness/peers.ts";

const pymodbus = peerTest("python3-pymodbus");
const { signal } = new AbortController();

interface Peer {
  readonly line: ModbusTcpLine;
  ask(request: ModbusRequest): Promise<ModbusResponse>;
}

/** A line to a pymodbus server of its own. Generous with time: the server is real and the machine may be busy. */
async function openPeer(t: ExecutionContext, inFlight: number): Promise<Peer> {
  const child = spawn("/usr/bin/python3", [fileURLToPath(new URL("../../harness/pymodbus-server.py", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  const [text] = await once(child.stdout, "data");
  const line = ModbusTcpLine.open({
    id: "pymodbus",
    host: "127.0.0.1",
    port: Number(String(text).trim()),
    inFlight,
    connectTimeout: millis(30_000),
    clock: new NodeClock(),
    log: new FakeLog(),
    random: Math.random,
  });
  t.teardown(() => line.close());
  const ask = async (request: ModbusRequest): Promise<ModbusResponse> =>
    decodeResponse(request, await line.exchange(1, encodeRequest(request), { timeout: millis(30_000) }, signal));
  return { line, ask };
}

const words = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value >> 8, value % 256]));

pymodbus("reads of all four areas bring what a pymodbus server holds", async (t) => {
  const { ask } = await openPeer(t, 4);
  const [coils, discretes, holdings, inputs] = await Promise.all([
    ask({ function: FunctionCode.readCoils, address: 0, quantity: 10 }),
    ask({ function: FunctionCode.readDiscreteInputs, address: 5, quantity: 6 }),
    ask({ function: FunctionCode.readHoldingRegisters, address: 10, quantity: 3 }),
    ask({ function: FunctionCode.readInputRegisters, address: 75, quantity: 125 }),
  ]);
  t.like(coils, { bits: Uint8Array.of(0b01001001, 0b10) });
  t.like(discretes, { bits: Uint8Array.of(0b100001) });
  t.like(holdings, { registers: words(1010, 1011, 1012) });
  t.like(inputs, { registers: words(...Array.from({ length: 125 }, (_, n) => 2075 + n)) });
});

pymodbus("single and multiple writes arrive in a pymodbus server and read back", async (t) => {
  const { ask } = await openPeer(t, 1);
  await ask({ function: FunctionCode.writeSingleCoil, address: 1, value: true });
  await ask({ function: FunctionCode.writeMultipleCoils, address: 2, quantity: 3, bits: Uint8Array.of(0b101) });
  await ask({ function: FunctionCode.writeSingleRegister, address: 20, value: 0xbeef });
  await ask({ function: FunctionCode.writeMultipleRegisters, address: 21, registers: words(7, 65_535) });
  const coils = await ask({ function: FunctionCode.readCoils, address: 0, quantity: 8 });
  t.like(coils, { bits: Uint8Array.of(0b01010111) });
  const registers = await ask({ function: FunctionCode.readHoldingRegisters, address: 19, quantity: 5 });
  t.like(registers, { registers: words(1019, 0xbeef, 7, 65_535, 1023) });
});

pymodbus("an address that a pymodbus server does not have is exception 2", async (t) => {
  const { ask, line } = await openPeer(t, 1);
  const error = await t.throwsAsync(ask({ function: FunctionCode.readHoldingRegisters, address: 199, quantity: 2 }), {
    instanceOf: ModbusException,
  });
  t.is(error.exception, 2);
  t.is(metricOf(line, "replies_total"), 1);
  t.true(line.up);
});

pymodbus("sixteen requests under way at a pymodbus server each get their own reply", async (t) => {
  const { ask, line } = await openPeer(t, 16);
  const addresses = Array.from({ length: 200 }, (_, n) => n);
  const replies = await Promise.all(addresses.map((address) => ask({ function: FunctionCode.readHoldingRegisters, address, quantity: 1 })));
  for (const [address, reply] of replies.entries()) t.like(reply, { registers: words(1000 + address) });
  t.is(metricOf(line, "foreign_replies_total"), 0);
});
