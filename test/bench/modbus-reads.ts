// Reads 125 holding registers again and again through our client, as libmodbus-client.c does through libmodbus.
// usage: node modbus-reads.ts PORT; for each line "SECONDS IN_FLIGHT" on stdin it connects, reads that long, and prints reads, seconds, seconds of
// CPU time. One process for all rounds, so that its code is compiled when it counts.
import { createInterface } from "node:readline";
import { ModbusTcpLine } from "../../firmware/acquisition/modbus-tcp/modbus-tcp-line.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { encodeRequest } from "../../shared/acquisition/modbus/encode-request.ts";
import { FunctionCode } from "../../shared/acquisition/modbus/modbus-function.ts";
import { millis } from "../../shared/base/units.ts";
import { FakeLog } from "../harness/fake-log.ts";

const port = Number(process.argv[2]);
const { signal } = new AbortController();
const options = { timeout: millis(1000) };
const request = encodeRequest({ function: FunctionCode.readHoldingRegisters, address: 0, quantity: 125 });

/** Keeps one request under way until `end`; each reply is looked into, as the C client does. Gives the number of reads. */
async function reader(line: ModbusTcpLine, end: number): Promise<number> {
  let reads = 0;
  while (performance.now() < end) {
    const reply = await line.exchange(1, request, options, signal);
    if (reply.length !== 252 || reply[250] !== (124 * 7) >> 8 || reply[251] !== (124 * 7) % 256) throw new Error("a wrong reply");
    reads++;
  }
  return reads;
}

async function round(seconds: number, inFlight: number): Promise<string> {
  const log = new FakeLog();
  const line = ModbusTcpLine.open({
    id: "bench",
    host: "127.0.0.1",
    port,
    inFlight,
    connectTimeout: millis(3000),
    clock: new NodeClock(),
    log,
    random: Math.random,
  });
  await line.exchange(1, request, options, signal);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const readers = await Promise.all(Array.from({ length: inFlight }, () => reader(line, start + seconds * 1000)));
  const [span, spent] = [performance.now() - start, process.cpuUsage(cpu)];
  await line.close();
  return `${readers.reduce((sum, reads) => sum + reads, 0)} ${span / 1000} ${(spent.user + spent.system) / 1e6}`;
}

for await (const command of createInterface({ input: process.stdin })) {
  const [seconds = 0, inFlight = 1] = command.split(" ").map(Number);
  console.log(await round(seconds, inFlight));
}
