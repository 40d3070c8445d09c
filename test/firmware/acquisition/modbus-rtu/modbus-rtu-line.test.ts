import test from "ava";
import { LineBusy, LineDown, ReplyMalformed, ReplyTimeout, RequestInvalid } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../../shared/base/units.ts";
import type { FakeClock } from "../../../harness/fake-clock.ts";
import { metricOf, readRegisters, second, urgentSecond } from "../../../harness/open-modbus-line.ts";
import { openRtuBench, rtuEcho, rtuFrame } from "../../../harness/open-rtu-line.ts";

const { signal } = new AbortController();
/** What one character takes at 9600 baud, and t3.5. */
const character = 11_000 / 9600;
const interval = 3.5 * character;

/** Lets time pass in small steps until a promise has settled. */
async function passUntil(clock: FakeClock, promise: Promise<unknown>, limit = 5000): Promise<Millis> {
  let open = true;
  const close = (): void => {
    open = false;
  };
  promise.then(close, close);
  for (let n = 0; open && n < limit; n++) await clock.advance(millis(1));
  return clock.monotonic();
}

test("a request goes out between unit and checksum after the line was silent for t3.5, and its reply comes back without", async (t) => {
  const bench = await openRtuBench(t);
  const reply = bench.line.exchange(2, Uint8Array.of(7), second, signal);
  await bench.clock.advance(millis(interval - 0.01));
  t.is(bench.sent.length, 0);
  await bench.clock.advance(millis(0.02));
  // Modbus over Serial Line V1.02 §6.2.2, example.
  t.deepEqual(bench.sent, [[0x02, 0x07, 0x41, 0x12]]);
  bench.channel.say(rtuFrame(2, 7, 0));
  await bench.clock.advance(millis(20));
  t.deepEqual(await reply, Uint8Array.of(7, 0), "the length of this reply is told by the silence behind it");
  t.true(bench.line.up);
});

test("a reply of known length is there with its last byte, and the next request waits for t3.5 after it", async (t) => {
  const bench = await openRtuBench(t);
  const first = bench.line.exchange(5, readRegisters(10, 2), second, signal);
  const second2 = bench.line.exchange(5, readRegisters(20, 2), second, signal);
  await bench.clock.advance(millis(50));
  const bytes = rtuEcho(bench.sent[0] ?? []);
  for (const byte of bytes) {
    bench.channel.say([byte]);
    await bench.clock.advance(millis(character));
  }
  t.deepEqual(await first, Uint8Array.of(3, 4, 5, 10, 5, 11));
  t.is(bench.sent.length, 1);
  await bench.clock.advance(millis(interval - character - 0.1));
  t.is(bench.sent.length, 1);
  await bench.clock.advance(millis(0.2));
  t.is(bench.sent.length, 2);
  bench.channel.say(rtuEcho(bench.sent[1] ?? []));
  t.deepEqual(await second2, Uint8Array.of(3, 4, 5, 20, 5, 21));
});

test("turnaround is silence besides t3.5: the request's own, or else the line's", async (t) => {
  const bench = await openRtuBench(t, { turnaround: millis(30) });
  bench.onSent = (frame) => bench.channel.say(rtuEcho(frame));
  await Promise.all([bench.line.exchange(1, readRegisters(0), second, signal), bench.clock.advance(millis(60))]);
  const usual = bench.line.exchange(1, readRegisters(0), second, signal);
  const own = bench.line.exchange(1, readRegisters(0), { ...second, turnaround: millis(100) }, signal);
  const begun = bench.clock.monotonic();
  await passUntil(bench.clock, usual);
  await passUntil(bench.clock, own);
  const waited = bench.clock.monotonic() - begun;
  t.true(waited >= 100 + interval && waited < 200, `${waited}`);
  t.is(bench.sent.length, 3);
});

test("a broadcast has no reply: the line waits for the units and answers with what they would say", async (t) => {
  const bench = await openRtuBench(t);
  const single = bench.line.exchange(0, Uint8Array.of(6, 0, 1, 0, 3), second, signal);
  const many = bench.line.exchange(0, Uint8Array.of(16, 0, 1, 0, 1, 2, 0, 9), second, signal);
  await bench.clock.advance(millis(100));
  t.is(bench.sent.length, 1, "units need time to obey");
  await passUntil(bench.clock, many);
  t.deepEqual(await single, Uint8Array.of(6, 0, 1, 0, 3));
  t.deepEqual(await many, Uint8Array.of(16, 0, 1, 0, 1));
  await t.throwsAsync(bench.line.exchange(0, readRegisters(0), second, signal), { instanceOf: RequestInvalid });
  t.is(metricOf(bench.line, "timeouts_total"), 0);
});

test("a unit that is silent is given up after the timeout, counted from the request's last byte", async (t) => {
  const bench = await openRtuBench(t);
  const lost = t.throwsAsync(bench.line.exchange(9, readRegisters(300), second, signal), { instanceOf: ReplyTimeout });
  await bench.clock.advance(millis(interval + 8 * character + 999));
  t.is(metricOf(bench.line, "timeouts_total"), 0);
  await bench.clock.advance(millis(2));
  t.like(await lost, { line: "rs485", unit: 9, function: 3, address: 300 });
  t.is(metricOf(bench.line, "timeouts_total"), 1);
});

test("a reply that has begun in time may take as long as its bytes do", async (t) => {
  const bench = await openRtuBench(t);
  const slow = bench.line.exchange(1, readRegisters(0, 100), { timeout: millis(50) }, signal);
  await bench.clock.advance(millis(interval + 8 * character + 40));
  const bytes = rtuEcho(bench.sent[0] ?? []);
  for (const byte of bytes) {
    bench.channel.say([byte]);
    await bench.clock.advance(millis(character));
  }
  t.is((await slow).length, 202);
});

test("a reply that breaks off is malformed and says where", async (t) => {
  const bench = await openRtuBench(t);
  const broken = t.throwsAsync(bench.line.exchange(1, readRegisters(0, 4), second, signal), { instanceOf: ReplyMalformed });
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuEcho(bench.sent[0] ?? []).slice(0, 6));
  await passUntil(bench.clock, broken);
  t.regex((await broken)?.message ?? "", /breaks off after 6 bytes of 13/);
});

test("a wrong checksum fails the request as soon as the line is silent, and the same is asked again at once", async (t) => {
  const bench = await openRtuBench(t);
  const broken = t.throwsAsync(bench.line.exchange(1, readRegisters(0, 4), second, signal), { instanceOf: ReplyMalformed });
  const again = bench.line.exchange(1, readRegisters(0, 4), second, signal);
  await bench.clock.advance(millis(50));
  const bytes = [...rtuEcho(bench.sent[0] ?? [])];
  bytes[5] = (bytes[5] ?? 0) ^ 0x10;
  bench.channel.say(bytes);
  await bench.clock.advance(millis(20));
  t.regex((await broken)?.message ?? "", /checksum/);
  t.is(bench.sent.length, 2);
  bench.channel.say(rtuEcho(bench.sent[1] ?? []));
  await again;
  t.is(metricOf(bench.line, "crc_errors_total"), 1);
  t.is(metricOf(bench.line, "resyncs_total"), 0);
});

test("noise before a reply costs the silence after it, not the reply", async (t) => {
  const bench = await openRtuBench(t);
  const reply = bench.line.exchange(1, readRegisters(7), second, signal);
  await bench.clock.advance(millis(50));
  bench.channel.say([0, 0xff, ...rtuEcho(bench.sent[0] ?? [])]);
  await bench.clock.advance(millis(10));
  t.deepEqual(await reply, Uint8Array.of(3, 2, 1, 7));
  t.is(metricOf(bench.line, "resyncs_total"), 1);
});

test("a pause of any length inside a frame does not harm it", async (t) => {
  const bench = await openRtuBench(t);
  const reply = bench.line.exchange(1, readRegisters(7, 3), second, signal);
  await bench.clock.advance(millis(50));
  const bytes = rtuEcho(bench.sent[0] ?? []);
  for (const [from, to] of [
    [0, 1],
    [1, 4],
    [4, 99],
  ] as const) {
    bench.channel.say(bytes.slice(from, to));
    await bench.clock.advance(millis(40));
  }
  t.deepEqual(await reply, Uint8Array.of(3, 6, 1, 7, 1, 8, 1, 9));
});

test("after a timeout nothing that the late reply could be taken for is asked, but others are", async (t) => {
  const bench = await openRtuBench(t);
  const lost = t.throwsAsync(bench.line.exchange(1, readRegisters(0), second, signal), { instanceOf: ReplyTimeout });
  await passUntil(bench.clock, lost);
  const late = rtuEcho(bench.sent[0] ?? []);
  const same = bench.line.exchange(1, readRegisters(50), second, signal);
  const other = bench.line.exchange(2, readRegisters(60), second, signal);
  const coils = bench.line.exchange(1, Uint8Array.of(1, 0, 0, 0, 8), second, signal);
  await bench.clock.advance(millis(50));
  t.deepEqual(bench.sent[1], rtuFrame(2, ...readRegisters(60)));
  bench.channel.say(rtuEcho(bench.sent[1] ?? []));
  t.deepEqual(await other, Uint8Array.of(3, 2, 2, 60));
  await bench.clock.advance(millis(50));
  t.deepEqual(bench.sent[2], rtuFrame(1, 1, 0, 0, 0, 8), "another function of that unit");
  bench.channel.say([...late, ...rtuFrame(1, 1, 1, 0x55)]);
  t.deepEqual(await coils, Uint8Array.of(1, 1, 0x55));
  t.is(metricOf(bench.line, "late_replies_total"), 1);
  await bench.clock.advance(millis(50));
  t.deepEqual(bench.sent[3], rtuFrame(1, ...readRegisters(50)), "the late reply has come: the unit is free");
  bench.channel.say(rtuEcho(bench.sent[3] ?? []));
  t.deepEqual(await same, Uint8Array.of(3, 2, 1, 50));
});

test("where no late reply comes, the unit is asked again after as long as was waited for it", async (t) => {
  const bench = await openRtuBench(t);
  const lost = t.throwsAsync(bench.line.exchange(1, readRegisters(0), second, signal), { instanceOf: ReplyTimeout });
  await passUntil(bench.clock, lost);
  const next = bench.line.exchange(1, readRegisters(50), second, signal);
  await bench.clock.advance(millis(990));
  t.is(bench.sent.length, 1);
  await bench.clock.advance(millis(20));
  t.is(bench.sent.length, 2);
  bench.channel.say(rtuEcho(bench.sent[1] ?? []));
  t.deepEqual(await next, Uint8Array.of(3, 2, 1, 50));
});

test("replies of other units, to other functions and of other lengths answer nothing", async (t) => {
  const bench = await openRtuBench(t);
  const reply = bench.line.exchange(3, readRegisters(1, 2), second, signal);
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuFrame(4, 3, 4, 9, 9, 9, 9));
  bench.channel.say(rtuFrame(3, 4, 4, 9, 9, 9, 9));
  bench.channel.say(rtuEcho(bench.sent[0] ?? []));
  t.deepEqual(await reply, Uint8Array.of(3, 4, 3, 1, 3, 2));
  t.is(metricOf(bench.line, "foreign_replies_total"), 2);
  t.is(bench.log.entries.filter((entry) => entry.level === "warn").length, 1, "one warning, not one for each");
  const short = t.throwsAsync(bench.line.exchange(3, readRegisters(1, 2), second, signal), { instanceOf: ReplyMalformed });
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuFrame(3, 3, 2, 9, 9));
  await bench.clock.advance(millis(50));
  t.regex((await short)?.message ?? "", /7 bytes, expected 9/);
});

test("a write that is echoed with other contents is not confirmed", async (t) => {
  const bench = await openRtuBench(t);
  const write = t.throwsAsync(bench.line.exchange(3, Uint8Array.of(6, 0, 1, 0, 5), second, signal), { instanceOf: ReplyMalformed });
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuFrame(3, 6, 0, 1, 0, 6));
  await bench.clock.advance(millis(50));
  t.regex((await write)?.message ?? "", /comes back as 6, expected 5/);
});

test("own bytes that the line gives back are dropped: a write is not confirmed by its own echo", async (t) => {
  const bench = await openRtuBench(t, { echo: true });
  bench.onSent = (frame) => bench.channel.say(frame);
  const write = Uint8Array.of(6, 0, 1, 0, 5);
  const dead = t.throwsAsync(bench.line.exchange(3, write, second, signal), { instanceOf: ReplyTimeout });
  await passUntil(bench.clock, dead);
  bench.onSent = (frame) => {
    bench.channel.say(frame.slice(0, 3));
    bench.channel.say(frame.slice(3));
    bench.channel.say(frame);
  };
  const alive = bench.line.exchange(4, write, second, signal);
  await passUntil(bench.clock, alive);
  t.deepEqual(await alive, write);
});

test("a line that echoes unsaid is found out by a read, told once, and writes are not confirmed by their echo any more", async (t) => {
  const bench = await openRtuBench(t);
  bench.onSent = (frame) => bench.channel.say([...frame, ...rtuEcho(frame)]);
  for (const address of [1, 2]) {
    const read = bench.line.exchange(1, readRegisters(address), second, signal);
    await passUntil(bench.clock, read);
    t.deepEqual(await read, Uint8Array.of(3, 2, 1, address));
  }
  bench.onSent = (frame) => bench.channel.say(frame);
  const write = t.throwsAsync(bench.line.exchange(9, Uint8Array.of(6, 0, 1, 0, 5), second, signal), { instanceOf: ReplyTimeout });
  await passUntil(bench.clock, write);
  t.is(bench.log.entries.filter((entry) => entry.level === "warn").length, 1);
});

test("a line that never falls silent is sent to all the same after a while", async (t) => {
  const bench = await openRtuBench(t);
  const stuck = bench.line.exchange(1, readRegisters(0), second, signal);
  stuck.catch(() => {});
  for (let n = 0; n < 700 && bench.sent.length === 0; n++) {
    bench.channel.say([0x55]);
    await bench.clock.advance(millis(1));
  }
  t.is(bench.sent.length, 1);
});

test("bytes that were there before the request are thrown away, and the silence begins anew", async (t) => {
  const bench = await openRtuBench(t);
  bench.channel.unread = 3;
  const reply = bench.line.exchange(1, readRegisters(0), second, signal);
  await bench.clock.advance(millis(interval + 0.1));
  t.is(bench.sent.length, 0);
  await bench.clock.advance(millis(interval + 0.1));
  bench.channel.say(rtuEcho(bench.sent[0] ?? []));
  await reply;
  t.is(metricOf(bench.line, "resyncs_total"), 1);
});

test("urgent requests overtake those that wait, but four in a row at most", async (t) => {
  const bench = await openRtuBench(t);
  bench.onSent = (frame) => setImmediate(() => bench.channel.say(rtuEcho(frame)));
  const all = [
    ...[1, 2, 3].map((address) => bench.line.exchange(1, readRegisters(address), second, signal)),
    ...[4, 5, 6, 7, 8].map((address) => bench.line.exchange(1, readRegisters(address), urgentSecond, signal)),
  ];
  await passUntil(bench.clock, Promise.all(all));
  t.deepEqual(
    bench.sent.map((frame) => frame[3]),
    [4, 5, 6, 7, 1, 8, 2, 3],
  );
});

test("a full queue refuses at once and counts", async (t) => {
  const bench = await openRtuBench(t, { queueBound: 2 });
  for (let n = 0; n < 2; n++) bench.line.exchange(1, readRegisters(n), second, signal).catch(() => {});
  await t.throwsAsync(bench.line.exchange(1, readRegisters(3), second, signal), { instanceOf: LineBusy });
  t.is(metricOf(bench.line, "queue_overflows_total"), 1);
});

test("a caller that stops gets away at once; what is on the wire keeps the line until it is answered", async (t) => {
  const bench = await openRtuBench(t);
  const stop = new AbortController();
  const first = t.throwsAsync(bench.line.exchange(1, readRegisters(1), second, stop.signal), { instanceOf: Stopped });
  await bench.clock.advance(millis(50));
  const waiting = t.throwsAsync(bench.line.exchange(1, readRegisters(2), second, stop.signal), { instanceOf: Stopped });
  const last = bench.line.exchange(1, readRegisters(3), second, signal);
  stop.abort();
  await Promise.all([first, waiting]);
  await bench.clock.advance(millis(50));
  t.is(bench.sent.length, 1);
  bench.channel.say(rtuEcho(bench.sent[0] ?? []));
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuEcho(bench.sent[1] ?? []));
  t.deepEqual(await last, Uint8Array.of(3, 2, 1, 3));
});

test("a port that is gone fails what is under way and what waits, and is opened again", async (t) => {
  const bench = await openRtuBench(t);
  const under = t.throwsAsync(bench.line.exchange(1, readRegisters(1), second, signal), { instanceOf: LineDown });
  await bench.clock.advance(millis(50));
  const queued = t.throwsAsync(bench.line.exchange(1, readRegisters(2), second, signal), { instanceOf: LineDown });
  bench.channel.end("unplugged");
  t.regex((await under)?.message ?? "", /unplugged/);
  await queued;
  t.false(bench.line.up);
  await t.throwsAsync(bench.line.exchange(1, readRegisters(3), second, signal), { instanceOf: LineDown });
  await bench.clock.advance(millis(1000));
  t.true(bench.line.up);
  t.is(metricOf(bench.line, "reconnects_total"), 1);
  const reply = bench.line.exchange(1, Uint8Array.of(4, 0, 0, 0, 1), second, signal);
  await bench.clock.advance(millis(50));
  bench.channel.say(rtuFrame(1, 4, 2, 0, 1));
  await reply;
});

test("a port that cannot be opened is tried for ever, with waits of one second to a minute", async (t) => {
  const bench = await openRtuBench(t, { dead: true });
  t.false(bench.line.up);
  await bench.clock.advance(millis(600_000));
  t.true(bench.opened > 12 && bench.opened < 30, `${bench.opened}`);
  t.is(bench.log.entries.filter((entry) => entry.level === "warn").length, 1);
});

test("a connection on which nobody answers any more is replaced where it may be gone unseen", async (t) => {
  const bench = await openRtuBench(t, { redialWhenDeaf: true });
  for (const code of [3, 4, 1]) {
    const lost = t.throwsAsync(bench.line.exchange(1, Uint8Array.of(code, 0, 0, 0, 1), second, signal), { instanceOf: ReplyTimeout });
    await passUntil(bench.clock, lost);
  }
  await bench.clock.advance(millis(5000));
  t.is(bench.opened, 2);
  t.true(bench.line.up);
});

test("closing fails what waits, leaves no timer, and may be done twice", async (t) => {
  const bench = await openRtuBench(t);
  const under = t.throwsAsync(bench.line.exchange(1, readRegisters(1), second, signal), { instanceOf: LineDown });
  const queued = t.throwsAsync(bench.line.exchange(1, readRegisters(2), second, signal), { instanceOf: LineDown });
  await bench.clock.advance(millis(50));
  await bench.line.close();
  await Promise.all([under, queued]);
  await bench.line.close();
  t.is(bench.clock.armed, 0);
});

test("the time that the line is taken is counted, and bytes, every metric with the name of the line", async (t) => {
  const bench = await openRtuBench(t);
  const reply = bench.line.exchange(1, readRegisters(1), second, signal);
  await bench.clock.advance(millis(interval + 0.01));
  await bench.clock.advance(millis(500));
  bench.channel.say(rtuEcho(bench.sent[0] ?? []));
  await reply;
  const busy = metricOf(bench.line, "line_busy_seconds_total");
  t.true(Math.abs(busy - 0.5) < 0.001, `${busy}`);
  t.is(metricOf(bench.line, "sent_bytes_total"), 8);
  t.is(metricOf(bench.line, "received_bytes_total"), 7);
  for (const metric of bench.line.metrics()) t.deepEqual(metric.values[0]?.labels, { line: "rs485" });
});
