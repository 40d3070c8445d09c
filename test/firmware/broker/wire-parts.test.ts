import test from "ava";
import fc from "fast-check";
import { decodeRecord, decodeSession, encodeRecord, encodeSession } from "../../../firmware/broker/store/store-record.ts";
import { firstPacket } from "../../../firmware/broker/wire/first-packet.ts";
import { FrameScanner } from "../../../firmware/broker/wire/frame-scanner.ts";
import { HeldAcks } from "../../../firmware/broker/wire/held-acks.ts";
import { InboundFeed } from "../../../firmware/broker/wire/inbound-feed.ts";
import { OutBuffer } from "../../../firmware/broker/wire/out-buffer.ts";
import { PublishFrame } from "../../../firmware/broker/wire/publish-frame.ts";
import { ackPacket, connectPacket, publishPacket } from "./raw-client.ts";

const messages = fc.tuple(
  fc.string({ minLength: 1, maxLength: 300 }),
  fc.uint8Array({ maxLength: 20_000 }),
  fc.constantFrom(0, 1, 2),
  fc.boolean(),
);

test("a frame is encoded as the standard says, for every QoS", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(messages, ([topic, payload, qos, retain]) => {
        const frame = new PublishFrame(topic, Buffer.from(payload), retain);
        const packet = Buffer.from(frame.packet(qos === 1 ? 1 : qos === 2 ? 2 : 0));
        if (qos > 0) packet.writeUInt16BE(77, frame.idOffset);
        return packet.equals(publishPacket(topic, payload, qos, 77, retain));
      }),
    ),
  );
});

test("packets leave an out buffer in order and unharmed, however they come in", (t) => {
  const step = fc.oneof(
    fc.tuple(fc.constant("whole"), fc.uint8Array({ maxLength: 40_000 })),
    fc.tuple(fc.constant("pieces"), fc.uint8Array({ maxLength: 40_000 })),
    fc.tuple(fc.constant("flush"), fc.constant(new Uint8Array())),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const sent: Buffer[] = [];
        const expected: Buffer[] = [];
        const out = new OutBuffer(
          (buffer, start) => (buffer[start + 4] ?? 0) !== 1,
          (bytes) => sent.push(bytes),
        );
        for (const [kind, payload] of steps) {
          const packet = publishPacket("t", payload, 0);
          if (kind === "flush") out.flush();
          else if (kind === "whole") {
            out.whole(packet, 0, 0);
            expected.push(packet);
          } else {
            const body = packet.length - payload.length - 3;
            out.piece(packet.subarray(0, 1));
            out.piece(packet.subarray(1, body));
            out.piece(packet.subarray(body, body + 2));
            out.piece("t");
            if (payload.length > 0) out.piece(payload);
            if (packet[4] !== 1) expected.push(packet);
          }
        }
        out.flush();
        return out.size === 0 && Buffer.concat(sent).equals(Buffer.concat(expected));
      }),
    ),
  );
});

test("an out buffer drops a gated packet and nothing else", (t) => {
  const sent: Buffer[] = [];
  const out = new OutBuffer(
    (buffer, start) => buffer[start] !== 0x40,
    (bytes) => sent.push(bytes),
  );
  for (const packet of [ackPacket(0x50, 1), ackPacket(0x40, 2), ackPacket(0x70, 3)]) for (const byte of packet) out.piece(Buffer.of(byte));
  out.flush();
  t.deepEqual(Buffer.concat(sent), Buffer.concat([ackPacket(0x50, 1), ackPacket(0x70, 3)]));
});

test("a scanner counts the same packets however the bytes are cut", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
        fc.array(fc.nat(4000), { maxLength: 20 }),
        (payloads, cuts) => {
          const bytes = Buffer.concat(payloads.flatMap((payload) => [publishPacket("t", payload), ackPacket(0x40, 1), Buffer.of(0xc0, 0)]));
          const scanner = new FrameScanner(1000);
          let from = 0;
          for (const cut of [...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]) {
            if (scanner.scan(bytes.subarray(from, cut)) !== undefined) return false;
            from = cut;
          }
          return scanner.packets === 3 * payloads.length && scanner.publishes === payloads.length && scanner.settled === payloads.length;
        },
      ),
    ),
  );
});

test("a scanner refuses long packets, long lengths and packets of a server", (t) => {
  t.is(new FrameScanner(10).scan(Buffer.of(0x30, 11)), "packet_size");
  t.is(new FrameScanner(10).scan(Buffer.of(0x30, 10)), undefined);
  t.is(new FrameScanner(268_435_455).scan(Buffer.of(0x30, 0x80, 0x80, 0x80, 0x80)), "protocol");
  for (const type of [0, 1, 2, 9, 11, 13, 15]) t.is(new FrameScanner(10).scan(Buffer.of(type << 4)), "protocol");
});

test("CONNECT is known from its first bytes on, wherever they are cut", (t) => {
  const bytes = connectPacket({ id: "client" });
  for (let end = 0; end < bytes.length; end++) t.is(firstPacket(bytes.subarray(0, end), 100).kind, "more");
  t.deepEqual(firstPacket(Buffer.concat([bytes, bytes]), 100), { kind: "connect", end: bytes.length });
  t.is(firstPacket(bytes, 10).kind, "foreign");
  t.is(firstPacket(connectPacket({ name: "HTTP" }), 100).kind, "foreign");
  t.is(firstPacket(connectPacket({ level: 5 }), 100).kind, "version");
  t.is(firstPacket(connectPacket({ level: 3, name: "MQIsdp" }), 100).kind, "version");
  t.is(firstPacket(Buffer.of(0x10, 0x80, 0x80, 0x80, 0x80, 1), 268_435_455).kind, "foreign");
});

test("a feed gives chunks one at a time, never within the reader's own call, and again after one without a packet", async (t) => {
  const taken: string[] = [];
  let busy = false;
  const feed: InboundFeed = new InboundFeed({
    ready: () => {
      if (busy) return;
      const bytes = feed.take();
      if (bytes !== null) taken.push(bytes.toString());
    },
    failed: () => t.fail(),
    emptied: () => taken.push("-"),
  });
  feed.push(Buffer.from("a"), 0);
  feed.push(Buffer.from("b"), 1);
  feed.push(Buffer.from("c"), 1);
  t.deepEqual(taken, ["a", "-", "b", "-"]);
  t.is(feed.take(), null);
  t.is(feed.take(), null);
  t.deepEqual(taken, ["a", "-", "b", "-"]);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(taken, ["a", "-", "b", "-", "c", "-"]);
  busy = true;
  t.is(feed.take(), null);
  feed.push(Buffer.from("d"), 1);
  t.true(feed.waiting);
  busy = false;
  feed.take();
  await new Promise((resolve) => setImmediate(resolve));
  t.is(taken.at(-2), "d");
});

test("what a reader throws is caught, and it gets nothing more", (t) => {
  const failures: unknown[] = [];
  const feed = new InboundFeed({
    ready: () => {
      throw new Error("parser");
    },
    failed: (error) => failures.push(error),
    emptied: () => undefined,
  });
  feed.push(Buffer.from("a"), 1);
  feed.push(Buffer.from("b"), 1);
  t.is(failures.length, 1);
});

test("a held acknowledgement leaves once for each release", (t) => {
  const sent: number[] = [];
  const acks = new HeldAcks((id) => sent.push(id));
  t.false(acks.withhold(1));
  acks.hold(1);
  acks.hold(1);
  t.true(acks.withhold(1));
  t.true(acks.withhold(1));
  for (let count = 0; count < 3; count++) acks.release(1);
  t.deepEqual(sent, [1, 1]);
  t.false(acks.holds(1));
});

test("records come back as they were, and damaged ones are known", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(messages, fc.integer({ min: 0, max: 65_535 }), fc.boolean(), ([topic, payload, qos, retain], id, released) => {
        const message = { topic, payload: Buffer.from(payload), qos: qos === 1 ? 1 : qos === 2 ? 2 : 0, retain, principal: "ann" } as const;
        const record = decodeRecord(encodeRecord(message, { id, released }));
        return (
          record !== undefined &&
          record.topic === topic &&
          record.payload.equals(payload) &&
          record.qos === qos &&
          record.id === id &&
          record.released === released
        );
      }),
    ),
  );
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeRecord(Buffer.from(bytes)) === undefined)));
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeSession(Buffer.from(bytes)) === undefined)));
  const head = { clientId: "a/b", principal: "ann", subscriptions: [["x/#", 1] as const] };
  t.deepEqual(decodeSession(encodeSession(head)), head);
  t.is(decodeSession(Buffer.from('{"clientId":"a","principal":"b","subscriptions":[["x",3]]}')), undefined);
});
