import test from "ava";
import fc from "fast-check";
import { encodeRtu } from "../../../../shared/acquisition/modbus/rtu-frame.ts";
import { RtuReceiver, type RtuVerdict } from "../../../../shared/acquisition/modbus/rtu-receiver.ts";
import { expectedReplyLength } from "../../../../shared/acquisition/modbus/rtu-reply-shape.ts";

/** A receiver and what it told. */
function receiver(): { readonly rtu: RtuReceiver; readonly told: string[] } {
  const told: string[] = [];
  const rtu = new RtuReceiver({
    stray: (unit, functionCode) => told.push(`stray ${unit}/${functionCode}`),
    corrupt: () => told.push("corrupt"),
    resync: (bytes) => told.push(`resync ${bytes}`),
    echo: () => told.push("echo"),
  });
  return { rtu, told };
}

const frame = (unit: number, ...pdu: readonly number[]): readonly number[] => [...encodeRtu(unit, Uint8Array.from(pdu))];
const reply = (...pdu: readonly number[]): RtuVerdict => ({ state: "reply", pdu: Uint8Array.from(pdu) });
const want = (rtu: RtuReceiver, unit: number, request: Uint8Array, echoes = false): void =>
  rtu.expect(unit, request, encodeRtu(unit, request), echoes);
const readTwo = Uint8Array.of(3, 0, 0, 0, 2);
const twoRegisters = [3, 4, 1, 2, 3, 4];

test("the reply to every function ends with its last byte where its length is known", (t) => {
  // Modbus Application Protocol V1.1b3 §6: requests and replies of the standard's examples.
  const examples: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [1, 0, 0x13, 0, 0x13],
      [1, 3, 0xcd, 0x6b, 0x05],
    ],
    [
      [2, 0, 0xc4, 0, 0x16],
      [2, 3, 0xac, 0xdb, 0x35],
    ],
    [
      [3, 0, 0x6b, 0, 3],
      [3, 6, 2, 0x2b, 0, 0, 0, 0x64],
    ],
    [
      [4, 0, 8, 0, 1],
      [4, 2, 0, 0x0a],
    ],
    [
      [5, 0, 0xac, 0xff, 0],
      [5, 0, 0xac, 0xff, 0],
    ],
    [
      [6, 0, 1, 0, 3],
      [6, 0, 1, 0, 3],
    ],
    [
      [15, 0, 0x13, 0, 0x0a, 2, 0xcd, 1],
      [15, 0, 0x13, 0, 0x0a],
    ],
    [
      [16, 0, 1, 0, 2, 4, 0, 0x0a, 1, 2],
      [16, 0, 1, 0, 2],
    ],
    [
      [22, 0, 4, 0, 0xf2, 0, 0x25],
      [22, 0, 4, 0, 0xf2, 0, 0x25],
    ],
    [
      [23, 0, 3, 0, 6, 0, 0x0e, 0, 3, 6, 0, 0xff, 0, 0xff, 0, 0xff],
      [23, 12, 0, 0xfe, 0x0a, 0xcd, 0, 1, 0, 3, 0, 0x0d, 0, 0xff],
    ],
    [
      [43, 14, 1, 0],
      [43, 14, 1, 1, 0, 0, 1, 0, 2, 65, 66],
    ],
  ];
  for (const [request, answer] of examples) {
    const { rtu } = receiver();
    want(rtu, 17, Uint8Array.from(request));
    const bytes = frame(17, ...answer);
    const expected = expectedReplyLength(Uint8Array.from(request));
    if (expected !== undefined) t.is(expected, bytes.length, `function ${request[0]}`);
    for (const byte of bytes.slice(0, -1)) t.deepEqual(rtu.push(Uint8Array.of(byte)), { state: "wait" }, `function ${request[0]}`);
    t.deepEqual(rtu.push(Uint8Array.from(bytes.slice(-1))), reply(...answer));
  }
});

test("an exception answers a request of any function", (t) => {
  const { rtu } = receiver();
  want(rtu, 1, readTwo);
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, 0x83, 2))), reply(0x83, 2));
});

test("a reply of a function that nobody knows ends with the silence behind it", (t) => {
  const { rtu } = receiver();
  want(rtu, 1, Uint8Array.of(0x41, 9));
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, 0x41, 1, 2, 3))), { state: "unclear" });
  t.deepEqual(rtu.silence(), reply(0x41, 1, 2, 3));
});

test("frames of others are told and dropped, and the reply behind them is taken at once", (t) => {
  const { rtu, told } = receiver();
  want(rtu, 1, readTwo);
  t.deepEqual(
    rtu.push(Uint8Array.from([...frame(2, ...twoRegisters), ...frame(1, 4, 2, 0, 0), ...frame(1, ...twoRegisters)])),
    reply(...twoRegisters),
  );
  t.deepEqual(told, ["stray 2/3", "stray 1/4"]);
});

test("a frame inside a frame counts for nothing", (t) => {
  const { rtu, told } = receiver();
  const inner = frame(1, ...twoRegisters);
  want(rtu, 1, readTwo);
  // The data of another unit's registers happen to be a reply.
  t.deepEqual(rtu.push(Uint8Array.from(frame(2, 3, inner.length + 1, ...inner, 0))), { state: "wait" });
  t.deepEqual(rtu.silence(), { state: "wait" });
  t.deepEqual(told, ["stray 2/3"]);
  // Nor when the frame around it is spoilt.
  const outer = [...frame(2, 3, inner.length + 1, ...inner, 0)];
  outer[2] = 0x30;
  t.deepEqual(rtu.push(Uint8Array.from(outer)), { state: "unclear" });
  t.not(rtu.silence().state, "reply");
});

test("garbage before the reply makes it wait for silence, one byte of noise after it does no harm", (t) => {
  for (const [before, after] of [
    [[0], []],
    [[0xff, 0x00, 0x81], []],
    [[0xff], [0]],
    [[1, 3, 4], []],
  ] as const) {
    const { rtu, told } = receiver();
    want(rtu, 1, readTwo);
    const soFar = rtu.push(Uint8Array.from([...before, ...frame(1, ...twoRegisters), ...after]));
    t.not(soFar.state, "reply");
    t.deepEqual(rtu.silence(), reply(...twoRegisters));
    t.deepEqual(told, [`resync ${before.length}`]);
  }
});

test("a wrong checksum is told after the silence, and that it was the reply", (t) => {
  const { rtu, told } = receiver();
  want(rtu, 1, readTwo);
  rtu.push(Uint8Array.from(frame(1, ...twoRegisters).with(4, 0x77)));
  t.like(rtu.silence(), { state: "broken", certain: true });
  t.deepEqual(told, ["corrupt"]);
});

test("a reply that does not fit is told after the silence, for the right one may still come", (t) => {
  const { rtu } = receiver();
  want(rtu, 1, readTwo);
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, 3, 2, 0, 0))), { state: "unclear" });
  t.is(rtu.complaint, "7 bytes, expected 9");
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, ...twoRegisters))), reply(...twoRegisters));
  want(rtu, 1, readTwo);
  rtu.push(Uint8Array.from(frame(1, 3, 2, 0, 0)));
  t.deepEqual(rtu.silence(), { state: "broken", what: "7 bytes, expected 9", certain: false });
});

test("what breaks off says where; another unit's bytes say nothing", (t) => {
  const { rtu } = receiver();
  want(rtu, 1, readTwo);
  rtu.push(Uint8Array.from(frame(1, ...twoRegisters).slice(0, 5)));
  t.is(rtu.complaint, "it breaks off after 5 bytes of 9");
  t.deepEqual(rtu.silence(), { state: "wait" }, "a pause is not the end");
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, ...twoRegisters).slice(5))), reply(...twoRegisters));
  want(rtu, 1, readTwo);
  rtu.push(Uint8Array.of(7, 3, 4));
  t.is(rtu.complaint, undefined);
});

test("the echo of the request is dropped, and its absence is no harm", (t) => {
  const write = Uint8Array.of(6, 0, 1, 0, 3);
  const sent = encodeRtu(1, write);
  const { rtu } = receiver();
  want(rtu, 1, write, true);
  t.deepEqual(rtu.push(sent.subarray(0, 5)), { state: "wait" });
  t.deepEqual(rtu.silence(), { state: "wait" }, "half an echo is no reply");
  t.deepEqual(rtu.push(sent.subarray(5)), { state: "wait" });
  t.deepEqual(rtu.push(sent), reply(...write));
  want(rtu, 1, readTwo, true);
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, ...twoRegisters))), reply(...twoRegisters));
});

test("a line that gives back reads though it was not said to is found out, and the reply is found", (t) => {
  const { rtu, told } = receiver();
  const request = Uint8Array.of(3, 0, 0, 0, 2);
  want(rtu, 1, request);
  for (const byte of encodeRtu(1, request)) rtu.push(Uint8Array.of(byte));
  t.deepEqual(told, ["echo"]);
  t.deepEqual(rtu.push(Uint8Array.from(frame(1, ...twoRegisters))), reply(...twoRegisters));
  want(rtu, 1, Uint8Array.of(3, 0x40, 0, 0, 2));
  rtu.push(encodeRtu(1, Uint8Array.of(3, 0x40, 0, 0, 2)));
  t.deepEqual(told, ["echo", "echo"], "whatever the address");
  // A request for 0x0402 begins as a reply with two registers does: nothing can be said.
  want(rtu, 1, Uint8Array.of(3, 4, 2, 0, 2));
  rtu.push(encodeRtu(1, Uint8Array.of(3, 4, 2, 0, 2)));
  t.is(told.filter((one) => one === "echo").length, 2);
});

test("a wrong byte count in what looks like the reply does not hide the reply behind it", (t) => {
  const { rtu } = receiver();
  want(rtu, 1, readTwo);
  t.deepEqual(rtu.push(Uint8Array.from([1, 3, 100, ...frame(1, ...twoRegisters)])), { state: "unclear" });
  t.deepEqual(rtu.silence(), reply(...twoRegisters));
});

test("any bytes at all, in any pieces, are borne; a reply is found only where its frame is", (t) => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constant(Uint8Array.from(frame(1, ...twoRegisters))),
    fc.constant(Uint8Array.from(frame(2, ...twoRegisters))),
    fc.constant(Uint8Array.from(frame(1, ...twoRegisters).slice(0, 6))),
    fc.constant("silence" as const),
  );
  let found = 0;
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { rtu } = receiver();
        want(rtu, 1, readTwo);
        let all: readonly number[] = [];
        for (const one of pieces) {
          if (one !== "silence") all = [...all, ...one];
          const verdict = one === "silence" ? rtu.silence() : rtu.push(one);
          if (verdict.state !== "reply") continue;
          found++;
          if (verdict.pdu.length === 2) return (verdict.pdu[0] ?? 0) === 0x83;
          if (!all.join().includes([...encodeRtu(1, verdict.pdu)].join())) return false;
        }
        return true;
      }),
      { numRuns: 500 },
    ),
  );
  t.true(found > 50, `${found}`);
});
