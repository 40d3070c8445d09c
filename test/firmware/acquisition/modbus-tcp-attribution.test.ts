import test from "ava";
import fc from "fast-check";
import { ModbusTcpLine } from "../../../firmware/acquisition/modbus-tcp/modbus-tcp-line.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock, settle } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { echoOf, readRegisters, second } from "../../harness/open-modbus-line.ts";
import { ScriptedModbusServer, type ScriptedRequest } from "../../harness/scripted-modbus-server.ts";

/** What a bad device does with one request. Replies held back come later, among the replies to others or long after their time. */
const deeds = ["answer", "hold", "drop", "twice", "split", "unit", "function", "id", "protocol", "exception", "garbage", "reset"] as const;
type Deed = (typeof deeds)[number];

function play(request: ScriptedRequest, deed: Deed, held: ScriptedRequest[]): void {
  const frame = request.frame(request.echoPdu());
  const write = (bytes: Buffer): unknown => request.socket.write(bytes);
  const acts: Readonly<Record<Deed, () => unknown>> = {
    answer: () => write(frame),
    hold: () => held.push(request),
    drop: () => {},
    twice: () => write(Buffer.concat([frame, frame])),
    split: () => write(frame.subarray(0, 8)) && write(frame.subarray(8)),
    unit: () => request.reply(request.echoPdu(), { unit: request.unit + 1 }),
    function: () => request.reply([4, 2, 0xee, 0xee]),
    // Never the id of another request of this run: whoever gives that gives its reply.
    id: () => request.reply(request.echoPdu(), { id: request.id ^ 0x8000 }),
    protocol: () => request.reply(request.echoPdu(), { protocol: 1 }),
    exception: () => request.reply([0x83, 6]),
    garbage: () => write(Buffer.from([0, 0, 0, 0, 0, 200, 1, 2, 3])),
    reset: () => request.socket.resetAndDestroy(),
  };
  acts[deed]();
}

interface Outcome {
  readonly address: number;
  readonly reply: Uint8Array | undefined;
}

/** Sends one request for each deed, all at once, and gives what every caller got. */
async function outcomes(script: readonly Deed[], inFlight: number | "learn", picks: readonly number[]): Promise<readonly Outcome[]> {
  const held: ScriptedRequest[] = [];
  let turn = 0;
  const server = await ScriptedModbusServer.open((request) => {
    play(request, script[(request.pdu[1] ?? 0) * 256 + (request.pdu[2] ?? 0)] ?? "answer", held);
    const pick = picks[turn++ % picks.length] ?? 0;
    if (pick % 2 === 0) held.splice(pick % Math.max(1, held.length), 1)[0]?.echo();
  });
  const clock = new FakeClock();
  const parts = {
    id: "plc",
    host: "127.0.0.1",
    port: server.port,
    inFlight,
    connectTimeout: millis(60_000),
    clock,
    log: new FakeLog(),
    random: () => 0,
  };
  const line = ModbusTcpLine.open(parts);
  const { signal } = new AbortController();
  let left = script.length;
  const all = Promise.all(
    script.map(async (_deed, address): Promise<Outcome> => {
      try {
        return { address, reply: await line.exchange(1, readRegisters(address), second, signal) };
      } catch {
        return { address, reply: undefined };
      } finally {
        left--;
      }
    }),
  );
  while (left > 0) {
    const before = left;
    await settle();
    if (left === before) await clock.advance(millis(100));
  }
  await line.close();
  await server.close();
  return all;
}

test("whatever a device does with its replies, nobody gets a reply that was meant for another request", async (t) => {
  let own = 0;
  const harmless = fc.constantFrom<Deed>("answer", "answer", "hold", "hold", "twice", "split", "exception");
  const deed = fc.oneof({ weight: 9, arbitrary: harmless }, { weight: 1, arbitrary: fc.constantFrom(...deeds) });
  const windows = fc.constantFrom<number | "learn">(1, 2, 5, 16, "learn");
  const script = fc.array(deed, { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(script, windows, fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), async (deedsOfRun, inFlight, picks) => {
      for (const { address, reply } of await outcomes(deedsOfRun, inFlight, picks)) {
        if (reply === undefined) continue;
        const expected = deedsOfRun[address] === "exception" ? Uint8Array.of(0x83, 6) : echoOf(address);
        if (Buffer.compare(reply, expected) !== 0) throw new Error(`request ${address} got [${reply}]`);
        own++;
      }
    }),
    { numRuns: 200 },
  );
  t.true(own > 300, `${own} replies came through`);
});
