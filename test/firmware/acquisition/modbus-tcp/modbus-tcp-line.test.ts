import test from "ava";
import { LineBusy, LineDown, ReplyMalformed, ReplyTimeout, RequestInvalid } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { millis } from "../../../../shared/base/units.ts";
import { settle } from "../../../harness/fake-clock.ts";
import { echoOf, metricOf, openModbusBench, readRegisters, second, urgentSecond } from "../../../harness/open-modbus-line.ts";
import { until } from "../../../harness/until.ts";

const { signal } = new AbortController();

test("a request goes out behind its MBAP header and its reply comes back without", async (t) => {
  const { line, server } = await openModbusBench(t);
  let sent = Buffer.alloc(0);
  server.onConnection = (socket) => socket.prependListener("data", (chunk: Buffer) => (sent = Buffer.concat([sent, chunk])));
  const reply = line.exchange(17, Uint8Array.of(3, 0, 107, 0, 3), second, signal);
  const request = await server.next();
  request.reply([3, 6, 2, 43, 0, 0, 0, 100]);
  // Modbus Messaging on TCP/IP Implementation Guide V1.0b §3.1.3; Modbus Application Protocol V1.1b3 §6.3, example.
  t.deepEqual([...sent.subarray(2)], [0, 0, 0, 6, 17, 3, 0, 107, 0, 3]);
  t.deepEqual(await reply, Uint8Array.of(3, 6, 2, 43, 0, 0, 0, 100));
  t.true(line.up);
});

test("an exception is a reply like any other", async (t) => {
  const { line, server } = await openModbusBench(t);
  const reply = line.exchange(1, readRegisters(9), second, signal);
  (await server.next()).reply([0x83, 2]);
  t.deepEqual(await reply, Uint8Array.of(0x83, 2));
  t.is(metricOf(line, "replies_total"), 1);
});

test("a reply that comes byte by byte is put together", async (t) => {
  const { line, server } = await openModbusBench(t);
  const reply = line.exchange(1, readRegisters(5, 20), second, signal);
  const request = await server.next();
  for (const byte of request.frame(request.echoPdu())) {
    request.socket.write(Uint8Array.of(byte));
    await settle();
  }
  t.deepEqual(await reply, echoOf(5, 20));
});

test("replies in one packet and in any order reach their requests", async (t) => {
  const { line, server } = await openModbusBench(t, { inFlight: 16 });
  const addresses = Array.from({ length: 16 }, (_, n) => n * 100);
  const replies = Promise.all(addresses.map((address) => line.exchange(1, readRegisters(address), second, signal)));
  const requests = await server.take(16);
  const frames = requests.map((request) => request.frame(request.echoPdu())).reverse();
  requests[0]?.socket.write(Buffer.concat(frames));
  t.deepEqual(
    await replies,
    addresses.map((address) => echoOf(address)),
  );
});

test("a reply in the caller's hands stays as it is while others come", async (t) => {
  const { line } = await openModbusBench(t, { inFlight: 4 }, (request) => request.echo());
  const kept = await line.exchange(1, readRegisters(0x0101, 125), second, signal);
  for (let n = 0; n < 50; n++) await line.exchange(1, readRegisters(0x0202, 125), second, signal);
  t.deepEqual(kept, echoOf(0x0101, 125));
});

test("of requests asked in one turn the first goes out at once and the others together at the end of the turn", async (t) => {
  const { line, server } = await openModbusBench(t, { inFlight: 16 });
  const first = line.exchange(1, readRegisters(0), second, signal);
  (await server.next()).echo();
  await first;
  const before = metricOf(line, "sent_bytes_total");
  const replies = Promise.all(Array.from({ length: 16 }, (_, n) => line.exchange(1, readRegisters(n), second, signal)));
  const atOnce = metricOf(line, "sent_bytes_total");
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const atTheEnd = metricOf(line, "sent_bytes_total");
  for (const request of await server.take(16)) request.echo();
  await replies;
  t.deepEqual([atOnce - before, atTheEnd - before], [12, 16 * 12]);
});

test("no more requests are on the wire than the device allows", async (t) => {
  const { line, server } = await openModbusBench(t, { inFlight: 2 });
  const replies = Promise.all([0, 1, 2, 3].map((address) => line.exchange(1, readRegisters(address), second, signal)));
  const [first, other] = await server.take(2);
  await settle();
  t.is(server.untaken, 0);
  t.is(metricOf(line, "in_flight"), 2);
  t.is(metricOf(line, "queue_depth"), 2);
  first?.echo();
  const third = await server.next();
  await settle();
  t.is(server.untaken, 0);
  third.echo();
  other?.echo();
  (await server.next()).echo();
  t.deepEqual(
    await replies,
    [0, 1, 2, 3].map((address) => echoOf(address)),
  );
});

test("urgent requests overtake those that wait, in the order of asking", async (t) => {
  const order: number[] = [];
  const { line, server } = await openModbusBench(t);
  const ask = (address: number, urgent: boolean): Promise<unknown> =>
    line.exchange(1, readRegisters(address), urgent ? urgentSecond : second, signal);
  const replies = [ask(1, false)];
  const busy = await server.next();
  replies.push(ask(2, false), ask(3, false), ask(4, true), ask(5, true));
  busy.echo();
  for (let n = 0; n < 4; n++) {
    const request = await server.next();
    order.push(request.pdu[2] ?? -1);
    request.echo();
  }
  await Promise.all(replies);
  t.deepEqual(order, [4, 5, 2, 3]);
});

test("a full queue refuses at once and counts; urgent requests have a queue of their own", async (t) => {
  const { line, server } = await openModbusBench(t, { queueBound: 2 });
  const ask = (urgent: boolean): Promise<unknown> => line.exchange(1, readRegisters(0), urgent ? urgentSecond : second, signal);
  const first = ask(false);
  const busy = await server.next();
  const waiting = [ask(false), ask(false), ask(true)];
  const error = await t.throwsAsync(ask(false), { instanceOf: LineBusy });
  t.is(error.bound, 2);
  t.is(metricOf(line, "queue_overflows_total"), 1);
  busy.echo();
  for (let n = 0; n < 3; n++) (await server.next()).echo();
  await t.notThrowsAsync(Promise.all([first, ...waiting]));
});

test("a request times out after its own time from sending, and names its place", async (t) => {
  const { line, server, clock } = await openModbusBench(t);
  const first = line.exchange(1, readRegisters(1), second, signal);
  const queued = line.exchange(7, readRegisters(300), { timeout: millis(400) }, signal);
  await server.next();
  await clock.advance(millis(900));
  t.is(metricOf(line, "timeouts_total"), 0, "the one that waits is not on its way yet");
  const [, error] = await Promise.all([clock.advance(millis(100)), t.throwsAsync(first, { instanceOf: ReplyTimeout })]);
  t.is(error.timeout, millis(1000));
  await server.next();
  await clock.advance(millis(399));
  t.is(metricOf(line, "timeouts_total"), 1);
  const [, other] = await Promise.all([clock.advance(millis(1)), t.throwsAsync(queued, { instanceOf: ReplyTimeout })]);
  t.like(other, { line: "plc", unit: 7, function: 3, address: 300 });
});

test("a late reply and a duplicate go to nobody", async (t) => {
  const { line, server, clock } = await openModbusBench(t);
  const lost = line.exchange(1, readRegisters(1), second, signal);
  const slow = await server.next();
  await Promise.all([t.throwsAsync(lost, { instanceOf: ReplyTimeout }), clock.advance(millis(1000))]);
  const next = line.exchange(1, readRegisters(2), second, signal);
  const request = await server.next();
  slow.echo();
  slow.echo();
  request.echo();
  t.deepEqual(await next, echoOf(2));
  t.is(metricOf(line, "late_replies_total"), 1);
  t.is(metricOf(line, "foreign_replies_total"), 1);
});

test("another unit, function or id answers no request, and the right reply is still taken", async (t) => {
  const { line, server, log } = await openModbusBench(t);
  const reply = line.exchange(3, readRegisters(1), second, signal);
  const request = await server.next();
  request.reply(request.echoPdu(), { unit: 0 });
  request.reply(request.echoPdu(), { unit: 255 });
  request.reply([4, 2, 0, 1]);
  request.reply([0x84, 2]);
  request.reply(request.echoPdu(), { id: (request.id + 1) % 65_536 });
  request.echo();
  t.deepEqual(await reply, echoOf(1));
  t.is(metricOf(line, "foreign_replies_total"), 5);
  t.is(log.entries.filter((entry) => entry.level === "warn").length, 1, "one warning, not one for each");
});

for (const pdu of [[3], [0x83], [0x83, 2, 0]]) {
  test(`a reply of [${pdu}] is malformed and the line lives on`, async (t) => {
    const { line, server } = await openModbusBench(t);
    const reply = line.exchange(1, readRegisters(1), second, signal);
    (await server.next()).reply(pdu);
    await t.throwsAsync(reply, { instanceOf: ReplyMalformed });
    t.is(metricOf(line, "malformed_replies_total"), 1);
    const next = line.exchange(1, readRegisters(2), second, signal);
    (await server.next()).echo();
    t.deepEqual(await next, echoOf(2));
  });
}

for (const [what, bytes] of [
  ["garbage", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["a protocol that is not 0", Buffer.from([0, 1, 0, 1, 0, 3, 1, 0x83, 2])],
  ["a length of 0", Buffer.from([0, 1, 0, 0, 0, 0, 1])],
] as const) {
  test(`${what} ends the connection: requests under way fail as malformed, those that wait as down`, async (t) => {
    const { line, server, clock } = await openModbusBench(t);
    const underWay = line.exchange(1, readRegisters(1), second, signal);
    const queued = line.exchange(1, readRegisters(2), second, signal);
    (await server.next()).socket.write(bytes);
    await t.throwsAsync(underWay, { instanceOf: ReplyMalformed });
    await t.throwsAsync(queued, { instanceOf: LineDown });
    t.false(line.up);
    t.is(metricOf(line, "malformed_replies_total"), 1);
    await clock.advance(millis(1000));
    await until(() => line.up);
    const next = line.exchange(1, readRegisters(3), second, signal);
    (await server.next()).echo();
    t.deepEqual(await next, echoOf(3));
    t.is(metricOf(line, "reconnects_total"), 1);
  });
}

test("a unit or PDU that no frame can carry is refused before it is sent", async (t) => {
  const { line } = await openModbusBench(t);
  for (const unit of [-1, 256, 1.5])
    await t.throwsAsync(line.exchange(unit, readRegisters(1), second, signal), { instanceOf: RequestInvalid });
  for (const length of [0, 254])
    await t.throwsAsync(line.exchange(1, new Uint8Array(length), second, signal), { instanceOf: RequestInvalid });
  t.is(metricOf(line, "requests_total"), 0);
});

test("a caller that stops gets away at once, and what it waited for is not sent", async (t) => {
  const { line, server } = await openModbusBench(t);
  const stop = new AbortController();
  const first = line.exchange(1, readRegisters(1), second, signal);
  const request = await server.next();
  const queued = line.exchange(1, readRegisters(2), second, stop.signal);
  const last = line.exchange(1, readRegisters(3), second, signal);
  stop.abort();
  await t.throwsAsync(queued, { instanceOf: Stopped });
  await t.throwsAsync(line.exchange(1, readRegisters(4), second, stop.signal), { instanceOf: Stopped });
  request.echo();
  await first;
  const next = await server.next();
  t.deepEqual(next.pdu, [...readRegisters(3)]);
  next.echo();
  await last;
});

test("a request whose caller stopped keeps its place on the wire until it is answered, and its reply goes to nobody", async (t) => {
  const { line, server, clock } = await openModbusBench(t);
  const stop = new AbortController();
  const first = line.exchange(1, readRegisters(1), second, stop.signal);
  const request = await server.next();
  stop.abort();
  await t.throwsAsync(first, { instanceOf: Stopped });
  const next = line.exchange(1, readRegisters(2), second, signal);
  await settle();
  t.is(server.untaken, 0, "the device still has the first");
  request.echo();
  const other = await server.next();
  other.echo();
  t.deepEqual(await next, echoOf(2));
  const again = new AbortController();
  const third = line.exchange(1, readRegisters(3), second, again.signal);
  await server.next();
  again.abort();
  await t.throwsAsync(third, { instanceOf: Stopped });
  await clock.advance(millis(1000));
  const fourth = line.exchange(1, readRegisters(4), second, signal);
  (await server.next()).echo();
  t.deepEqual(await fourth, echoOf(4), "its deadline freed its place");
});

test("thousands of exchanges leave one timer and one listener behind, and after a second neither", async (t) => {
  const { line, clock } = await openModbusBench(t, { inFlight: 8 }, (request) => request.echo());
  let listeners = 0;
  const stop = {
    aborted: false,
    addEventListener: () => listeners++,
    removeEventListener: () => listeners--,
  };
  const reader = async (): Promise<void> => {
    for (let n = 0; n < 250; n++) await line.exchange(1, readRegisters(n), second, stop);
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  t.is(listeners, 1, "one for all, kept for the next");
  t.is(clock.armed, 1);
  await clock.advance(millis(1000));
  t.is(clock.armed, 0, "nothing is under way any more");
  t.is(listeners, 0);
  t.is(metricOf(line, "replies_total"), 2000);
});

test("a request that fails leaves no listener behind, whichever way it fails", async (t) => {
  const { line, server, clock } = await openModbusBench(t, { queueBound: 1 });
  let listeners = 0;
  const stop = {
    aborted: false,
    addEventListener: () => listeners++,
    removeEventListener: () => listeners--,
  };
  const timedOut = t.throwsAsync(line.exchange(1, readRegisters(1), second, stop), { instanceOf: ReplyTimeout });
  await server.next();
  const malformed = t.throwsAsync(line.exchange(1, readRegisters(2), second, stop), { instanceOf: ReplyMalformed });
  await t.throwsAsync(line.exchange(1, readRegisters(3), second, stop), { instanceOf: LineBusy });
  t.is(listeners, 1, "one signal, one listener");
  await clock.advance(millis(1000));
  await timedOut;
  (await server.next()).reply([3]);
  await malformed;
  t.is(listeners, 1);
  const lost = t.throwsAsync(line.exchange(1, readRegisters(4), second, stop), { instanceOf: LineDown });
  (await server.next()).socket.resetAndDestroy();
  await lost;
  await t.throwsAsync(line.exchange(1, readRegisters(5), second, stop), { instanceOf: LineDown });
  t.is(listeners, 0);
});

test("closing fails what waits, leaves no timer, and may be done twice", async (t) => {
  const { line, server, clock } = await openModbusBench(t);
  const replies = [1, 2].map((address) =>
    t.throwsAsync(line.exchange(1, readRegisters(address), second, signal), { instanceOf: LineDown }),
  );
  await server.next();
  await line.close();
  await Promise.all(replies);
  await line.close();
  t.is(clock.armed, 0);
  t.false(line.up);
  await t.throwsAsync(line.exchange(1, readRegisters(3), second, signal), { instanceOf: LineDown });
});

test("bytes and requests are counted, every metric with the name of the line", async (t) => {
  const { line } = await openModbusBench(t, { inFlight: 3 }, (request) => request.echo());
  for (let n = 0; n < 3; n++) await line.exchange(1, readRegisters(n, 10), second, signal);
  t.is(metricOf(line, "requests_total"), 3);
  t.is(metricOf(line, "sent_bytes_total"), 3 * 12);
  t.is(metricOf(line, "received_bytes_total"), 3 * (9 + 20));
  t.is(metricOf(line, "window"), 3);
  t.is(metricOf(line, "line_up"), 1);
  for (const metric of line.metrics()) {
    t.regex(metric.name, metric.type === "counter" ? /^penstock_modbus_[a-z_]+_total$/ : /^penstock_modbus_[a-z_]+$/);
    t.deepEqual(
      metric.values.map((value) => value.labels),
      [{ line: "plc" }],
    );
  }
});

test("a line that learns puts more on the wire as replies come clean, and half of it after a timeout", async (t) => {
  let mute = false;
  const { line, clock } = await openModbusBench(t, { inFlight: "learn" }, (request) => {
    if (!mute) request.echo();
  });
  t.is(line.inFlight, 1);
  const burst = (): Promise<unknown> =>
    Promise.allSettled(Array.from({ length: 64 }, (_, n) => line.exchange(1, readRegisters(n), second, signal)));
  for (let n = 0; n < 200 && line.inFlight < 4; n++) await burst();
  const reached = line.inFlight;
  t.true(reached >= 4, `${reached}`);
  mute = true;
  const replies = burst();
  await until(() => metricOf(line, "in_flight") === reached);
  await clock.advance(millis(1000));
  t.is(metricOf(line, "window"), Math.floor(reached / 2));
  mute = false;
  await line.close();
  await replies;
});
