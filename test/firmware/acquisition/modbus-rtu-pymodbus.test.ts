import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { openModbusLine } from "../../../firmware/acquisition/modbus-line/open-modbus-line.ts";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import type { LineConfig } from "../../../shared/acquisition/line-config.ts";
import { decodeResponse } from "../../../shared/acquisition/modbus/decode-response.ts";
import { encodeRequest } from "../../../shared/acquisition/modbus/encode-request.ts";
import { ModbusException } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { ModbusRequest } from "../../../shared/acquisition/modbus/modbus-request.ts";
import type { ModbusResponse } from "../../../shared/acquisition/modbus/modbus-response.ts";
import type { ModbusLine } from "../../../shared/acquisition/ports.ts";
import { resolveLine } from "../../../shared/acquisition/resolve-line.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { metricOf } from "../../harness/open-modbus-line.ts";
import { peerTest } from "../../harness/peers.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { until } from "../../harness/until.ts";

const { signal } = new AbortController();
const script = fileURLToPath(new URL("../../harness/pymodbus-rtu-server.py", import.meta.url));

interface Peer {
  readonly line: ModbusLine;
  ask(request: ModbusRequest, unit?: number): Promise<ModbusResponse>;
}

type OpenPeer = (t: ExecutionContext) => Promise<Peer>;

/** Starts a program that ends with the test; gives the first line that it prints. */
async function start(t: ExecutionContext, program: string, ...words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const [text] = await once(child.stdout, "data");
  return String(text).trim();
}

/** Generous with time: the server is real and the machine may be busy. */
function peer(t: ExecutionContext, config: LineConfig): Peer {
  const line = openModbusLine(resolveLine(config), { clock: new NodeClock(), log: new FakeLog(), random: Math.random });
  t.teardown(() => line.close());
  const ask = async (request: ModbusRequest, unit = 1): Promise<ModbusResponse> =>
    decodeResponse(request, await line.exchange(unit, encodeRequest(request), { timeout: millis(30_000) }, signal));
  return { line, ask };
}

async function openOverTcp(t: ExecutionContext): Promise<Peer> {
  const port = Number(await start(t, "/usr/bin/python3", script));
  return peer(t, { id: "pymodbus", protocol: "modbus-rtu-tcp", host: "127.0.0.1", port, baud: 115_200, connectTimeout: "30 s" });
}

/** Two pseudo-terminals that socat joins: one for pymodbus, one for the line. */
async function openOverSocat(t: ExecutionContext): Promise<Peer> {
  const scratch = new ScratchDirectory();
  t.teardown(() => scratch[Symbol.dispose]());
  const [near, far] = [join(scratch.path, "near"), join(scratch.path, "far")];
  const socat = spawn("socat", [`PTY,raw,echo=0,link=${near}`, `PTY,raw,echo=0,link=${far}`], { stdio: "ignore" });
  t.teardown(() => socat.kill("SIGKILL"));
  await until(() => existsSync(near) && existsSync(far));
  await start(t, "/usr/bin/python3", script, far);
  return peer(t, { id: "pymodbus", protocol: "modbus-rtu", device: near, baud: 115_200 });
}

const words = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value >> 8, value % 256]));

function suite(test: ReturnType<typeof peerTest>, name: string, open: OpenPeer): void {
  test(`${name}: reads of all four areas bring what a pymodbus server holds`, async (t) => {
    const { ask } = await open(t);
    const [coils, discretes, holdings, inputs] = await Promise.all([
      ask({ function: FunctionCode.readCoils, address: 0, quantity: 10 }),
      ask({ function: FunctionCode.readDiscreteInputs, address: 5, quantity: 6 }, 2),
      ask({ function: FunctionCode.readHoldingRegisters, address: 10, quantity: 3 }, 3),
      ask({ function: FunctionCode.readInputRegisters, address: 75, quantity: 125 }),
    ]);
    t.like(coils, { bits: Uint8Array.of(0b01001001, 0b10) });
    t.like(discretes, { bits: Uint8Array.of(0b100001) });
    t.like(holdings, { registers: words(1010, 1011, 1012) });
    t.like(inputs, { registers: words(...Array.from({ length: 125 }, (_, n) => 2075 + n)) });
  });

  test(`${name}: writes of all kinds arrive, those to unit 0 at every unit, and read back`, async (t) => {
    const { ask } = await open(t);
    await ask({ function: FunctionCode.writeSingleCoil, address: 1, value: true });
    await ask({ function: FunctionCode.writeMultipleCoils, address: 2, quantity: 3, bits: Uint8Array.of(0b101) });
    await ask({ function: FunctionCode.writeSingleRegister, address: 20, value: 0xbeef }, 0);
    await ask({ function: FunctionCode.writeMultipleRegisters, address: 21, registers: words(7, 65_535) });
    await ask({ function: FunctionCode.maskWriteRegister, address: 30, and: 0xff00, or: 0x0055 });
    t.like(await ask({ function: FunctionCode.readCoils, address: 0, quantity: 8 }), { bits: Uint8Array.of(0b01010111) });
    t.like(await ask({ function: FunctionCode.readHoldingRegisters, address: 19, quantity: 5 }), {
      registers: words(1019, 0xbeef, 7, 65_535, 1023),
    });
    t.like(await ask({ function: FunctionCode.readHoldingRegisters, address: 30, quantity: 1 }), { registers: words(0x0455) });
    for (const unit of [2, 3])
      t.like(await ask({ function: FunctionCode.readHoldingRegisters, address: 20, quantity: 2 }, unit), {
        registers: words(0xbeef, 1021),
      });
  });

  test(`${name}: an address that a pymodbus server does not have is exception 2, and the line lives on`, async (t) => {
    const { ask, line } = await open(t);
    const error = await t.throwsAsync(ask({ function: FunctionCode.readHoldingRegisters, address: 199, quantity: 2 }), {
      instanceOf: ModbusException,
    });
    t.is(error.exception, 2);
    t.true(line.up);
    const units = [1, 2, 3].flatMap((unit) => Array.from({ length: 20 }, (_, address) => ({ unit, address })));
    const replies = await Promise.all(
      units.map(({ unit, address }) => ask({ function: FunctionCode.readHoldingRegisters, address, quantity: 1 }, unit)),
    );
    for (const [n, { address }] of units.entries()) t.like(replies[n], { registers: words(1000 + address) });
    t.is(metricOf(line, "foreign_replies_total"), 0);
    t.is(metricOf(line, "crc_errors_total"), 0);
  });
}

suite(peerTest("python3-pymodbus"), "RTU over TCP", openOverTcp);
suite(peerTest("python3-pymodbus"), "RTU over a serial port", openOverSocat);
