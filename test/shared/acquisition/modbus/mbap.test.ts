import test from "ava";
import fc from "fast-check";
import { encodeMbap, MbapDeframer } from "../../../../shared/acquisition/modbus/mbap.ts";
import { FrameInvalid } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { hex } from "../arbitrary-modbus.ts";

interface Frame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: readonly number[];
}

/** A deframer and what came out of it. */
function collecting(): { readonly deframer: MbapDeframer; readonly frames: Frame[] } {
  const frames: Frame[] = [];
  const deframer = new MbapDeframer((transaction, unit, pdu) => frames.push({ transaction, unit, pdu: [...pdu] }), { line: "l1" });
  return { deframer, frames };
}

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  transaction: fc.nat(0xffff),
  unit: fc.nat(0xff),
  pdu: fc.array(fc.nat(0xff), { minLength: 1, maxLength: 253 }),
});
const adu = (frame: Frame) => encodeMbap(frame.transaction, frame.unit, Uint8Array.from(frame.pdu));

/** Bytes cut at any places, the same place twice and the ends included. */
const cut = (bytes: Uint8Array) =>
  fc
    .array(fc.nat(bytes.length), { maxLength: 30 })
    .map((places) => [0, ...places.sort((a, b) => a - b), bytes.length].map((place, i, all) => bytes.subarray(all[i - 1] ?? 0, place)));

test("a request in its header is as the standard lays it out", (t) => {
  // Modbus Messaging on TCP/IP V1.0b §3.1.3
  t.deepEqual(encodeMbap(0x1501, 0xff, hex("03 0004 0001")), hex("1501 0000 0006 ff 03 0004 0001"));
});

test("a PDU of no bytes or of more than 253 is not framed", (t) => {
  t.throws(() => encodeMbap(1, 1, new Uint8Array(0)), { instanceOf: FrameInvalid });
  t.throws(() => encodeMbap(1, 1, new Uint8Array(254)), { instanceOf: FrameInvalid });
  t.is(encodeMbap(1, 1, new Uint8Array(253)).length, 260);
});

test("any split of any frames gives the same frames, and nothing stays behind", (t) => {
  const stream = fc.array(anyFrame, { maxLength: 6 }).chain((frames) => {
    const bytes = Uint8Array.from(frames.flatMap((frame) => [...adu(frame)]));
    return cut(bytes).map((chunks) => ({ frames, chunks }));
  });
  fc.assert(
    fc.property(stream, ({ frames, chunks }) => {
      const received = collecting();
      for (const chunk of chunks) received.deframer.push(chunk);
      t.deepEqual(received.frames, frames);
      t.is(received.deframer.pending, 0);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("bytes that come one at a time give the frames as soon as their last byte is there", (t) => {
  const { deframer, frames } = collecting();
  const first = adu({ transaction: 1, unit: 2, pdu: [3, 4] });
  for (const [i, byte] of first.entries()) {
    t.is(frames.length, 0);
    t.is(deframer.pending, i);
    deframer.push(Uint8Array.of(byte));
  }
  t.deepEqual(frames, [{ transaction: 1, unit: 2, pdu: [3, 4] }]);
});

test("a frame in one piece is a view of the chunk, one in pieces stays as it was when more comes", (t) => {
  const pdus: Uint8Array[] = [];
  const deframer = new MbapDeframer((_transaction, _unit, pdu) => pdus.push(pdu));
  const whole = encodeMbap(1, 1, hex("030200aa"));
  deframer.push(whole);
  t.is(pdus[0]?.buffer, whole.buffer);
  for (const answer of ["030200bb", "030200cc"]) {
    const bytes = encodeMbap(2, 1, hex(answer));
    deframer.push(bytes.subarray(0, 9));
    deframer.push(bytes.subarray(9));
  }
  t.deepEqual(pdus, [hex("030200aa"), hex("030200bb"), hex("030200cc")]);
});

const broken = test.macro({
  exec(t, header: string, what: string) {
    const good = { transaction: 7, unit: 1, pdu: [3, 2, 0, 1] };
    const bytes = Uint8Array.of(...adu(good), ...hex(header));
    for (let size = 1; size <= bytes.length; size++) {
      const { deframer, frames } = collecting();
      const error = t.throws(
        () => {
          for (let at = 0; at < bytes.length; at += size) deframer.push(bytes.subarray(at, at + size));
        },
        { instanceOf: FrameInvalid },
      );
      t.is(error.message, `line l1: not a Modbus frame: ${what}`);
      t.deepEqual(frames, [good]);
      t.throws(() => deframer.push(adu(good)), { is: error });
      t.deepEqual(frames, [good]);
    }
  },
  title: (_given, header: string, what: string) => `a header of [${header}] ends the stream, however it is split: ${what}`,
});

test(broken, "0001 0001 0006 01 03", "protocol 1, expected 0");
test(broken, "0001 0000 0000 01 03", "length 0, expected 2 to 254");
test(broken, "0001 0000 0001 01 03", "length 1, expected 2 to 254");
test(broken, "0001 0000 00ff 01 03", "length 255, expected 2 to 254");
test(broken, "0001 0000 ffff", "length 65535, expected 2 to 254");

test("any bytes give frames of at most 253 bytes or a frame error, and at most one unfinished frame is held", (t) => {
  const noise = fc.array(fc.oneof(fc.uint8Array({ maxLength: 400 }), anyFrame.map(adu)), { maxLength: 8 });
  fc.assert(
    fc.property(noise, (chunks) => {
      const { deframer, frames } = collecting();
      try {
        for (const chunk of chunks) deframer.push(chunk);
      } catch (error) {
        if (!(error instanceof FrameInvalid)) throw error;
      }
      return deframer.pending < 260 && frames.every(({ pdu }) => pdu.length >= 1 && pdu.length <= 253);
    }),
  );
  t.pass();
});
