// Reads 125 holding registers again and again through our client, as libmodbus-client.c does through libmodbus.
// usage: node modbus-reads.ts PORT SECONDS IN_FLIGHT; prints reads, seconds, seconds of CPU time.
import { ModbusTcpLine } from "../../firmware/acquisition/modbus-tcp-line.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import { encodeRequest } from "../../shared/acquisition/encode-request.ts";
import { FunctionCode } from "../../shared/acquisition/modbus-function.ts";
import { millis } from "../../shared/base/units.ts";
import { FakeLog } from "../harness/fake-log.ts";

const [port = 0, seconds = 1, inFlight = 1] = process.argv.slice(2).map(Number);
const line = ModbusTcpLine.open({
  id: "bench",
  host: "127.0.0.1",
  port,
  inFlight,
  connectTimeout: millis(3000),
  clock: new NodeClock(),
  log: new FakeLog(),
  random: Math.random,
});
const { signal } = new AbortController();
const options = { timeout: millis(1000) };
const request = encodeRequest({ function: FunctionCode.readHoldingRegisters, address: 0, quantity: 125 });
let reads = 0;

/** Keeps one request under way until `end`; each reply is looked into, as the C client does. */
async function reader(end: number): Promise<void> {
  while (performance.now() < end) {
    const reply = await line.exchange(1, request, options, signal);
    if (reply.length !== 252 || reply[250] !== (124 * 7) >> 8 || reply[251] !== (124 * 7) % 256) throw new Error("a wrong reply");
    reads++;
  }
}

async function run(span: number): Promise<void> {
  const end = performance.now() + span;
  await Promise.all(Array.from({ length: inFlight }, () => reader(end)));
}

await run(500);
reads = 0;
const start = performance.now();
const cpu = process.cpuUsage();
await run(seconds * 1000);
const spent = process.cpuUsage(cpu);
console.log(reads, (performance.now() - start) / 1000, (spent.user + spent.system) / 1e6);
await line.close();
