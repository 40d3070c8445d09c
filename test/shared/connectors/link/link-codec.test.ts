import test from "ava";
import fc from "fast-check";
import { instant } from "../../../../shared/base/units.ts";
import { encodeCbor } from "../../../../shared/broker/cbor-encode.ts";
import { decodeDownMessage, decodeUpMessage, encodeLinkMessage } from "../../../../shared/connectors/link/link-codec.ts";
import { LinkMessageInvalid, LinkVersionUnknown } from "../../../../shared/connectors/link/link-errors.ts";
import type { DownMessage, UpMessage } from "../../../../shared/connectors/link/link-message.ts";

const session = "00112233445566778899aabbccddeeff";
const at = { term: 3, seq: 41 };
const record = { cmdSeq: 7, opId: "op-7", outcome: "done" as const, before: null, after: [1, "x"] };

const up: readonly UpMessage[] = [
  { kind: "announce", board: "board-1", bootId: session, online: true },
  {
    kind: "welcome",
    epoch: 4,
    call: 2,
    board: "board-1",
    version: "1.2.0",
    term: 3,
    bootId: session,
    origin: session,
    floor: 0,
    session,
    applied: 6,
    streams: [
      { id: "samples", first: { term: 1, seq: 9 }, durable: at },
      { id: "commands", first: undefined, durable: { term: 0, seq: 0 } },
    ],
  },
  { kind: "announce", board: "board-1", bootId: session, online: true, key: new Uint8Array(32).fill(7) },
  {
    kind: "welcome",
    epoch: 4,
    call: 2,
    board: "board-1",
    version: "1.2.0",
    term: 3,
    bootId: session,
    origin: session,
    floor: 0,
    session,
    applied: 6,
    streams: [],
    description: session,
    key: new Uint8Array(32).fill(7),
    proof: new Uint8Array(64).fill(9),
  },
  { kind: "beat", session, stamp: 0, epoch: 4, description: session },
  {
    kind: "description",
    session,
    hash: session,
    part: 1,
    parts: 2,
    things: [
      { id: "board-1", features: [] },
      {
        id: "pump",
        name: "Pump",
        features: [
          {
            id: "speed",
            type: "number",
            writable: true,
            unit: "1/min",
            minimum: -5.5,
            maximum: 3000,
            period: 500,
            description: "as measured",
          },
          { id: "mode", type: "text", writable: true, values: ["off", 1, true] },
        ],
      },
    ],
  },
  { kind: "refusal", code: "NO_SESSION", epoch: 4, seen: 4, board: "board-1", session },
  { kind: "refusal", code: "STALE_EPOCH", epoch: 9, seen: 9, board: "board-1" },
  { kind: "raised", session, term: 12 },
  {
    kind: "append",
    session,
    stream: "samples",
    prev: { term: 0, seq: 0 },
    last: at,
    count: 2,
    records: Uint8Array.of(1, 2, 3),
    more: true,
  },
  {
    kind: "live",
    session,
    values: [{ stream: "samples", key: "pump/speed", at, time: instant(1_700_000_000_000.5), payload: Uint8Array.of(4) }],
  },
  { kind: "beat", session, stamp: 12.25, epoch: 4 },
  { kind: "reply", session, record },
];

const down: readonly DownMessage[] = [
  { kind: "hello", epoch: 4, call: 1, board: "board-1" },
  { kind: "hello", epoch: 4, call: 1, board: "board-1", challenge: session },
  { kind: "beat", epoch: 4, session, stamp: 0, live: false },
  { kind: "describe", epoch: 4, session, part: 3 },
  { kind: "raise", epoch: 4, session, floor: 11 },
  { kind: "pull", epoch: 4, session, stream: "samples", from: at, records: 100, bytes: 65_536 },
  { kind: "ack", epoch: 4, session, stream: "samples", cursor: at },
  { kind: "beat", epoch: 4, session, stamp: 12.25 },
  {
    kind: "command",
    epoch: 4,
    session,
    after: 6,
    cmdSeq: 7,
    opId: "op-7",
    thing: "pump",
    feature: "speed",
    value: { setpoint: 12.5, ramp: [1, true, null] },
    who: "anna",
    expiresAt: instant(1_700_000_000_000),
  },
];

for (const [index, message] of up.entries())
  test(`what a board says comes back as it went: ${message.kind}, ${index}`, (t) => {
    t.deepEqual(decodeUpMessage(encodeLinkMessage(message)), message);
  });

for (const [index, message] of down.entries())
  test(`what a gateway says comes back as it went: ${message.kind}, ${index}`, (t) => {
    t.deepEqual(decodeDownMessage(encodeLinkMessage(message)), message);
  });

test("a hello is these bytes: keys in the order of deterministic CBOR, RFC 8949 §4.2.1", (t) => {
  const bytes = encodeLinkMessage({ kind: "hello", epoch: 4, call: 1, board: "b" });
  t.is(
    Buffer.from(bytes).toString("hex"),
    "a561760164" + "63616c6c" + "01" + "646b696e64" + "6568656c6c6f" + "65626f617264" + "6162" + "6565706f6368" + "04",
  );
});

test("members that are not known are ignored, other versions are named", (t) => {
  const hello = { v: 1, kind: "hello", epoch: 4, call: 1, board: "b" };
  t.deepEqual(decodeDownMessage(encodeCbor({ ...hello, colour: "red" })), { kind: "hello", epoch: 4, call: 1, board: "b" });
  const error = t.throws(() => decodeDownMessage(encodeCbor({ ...hello, v: 7 })), { instanceOf: LinkVersionUnknown });
  t.is(error?.version, 7);
});

test("a member of another form is refused with its name", (t) => {
  const refused = (message: Parameters<typeof encodeCbor>[0], name: string): void => {
    t.throws(() => decodeDownMessage(encodeCbor(message)), { instanceOf: LinkMessageInvalid, message: new RegExp(name) });
  };
  const ack = { v: 1, kind: "ack", epoch: 1, session, stream: "s", cursor: { term: 1, seq: 1 } };
  refused({ ...ack, epoch: -1 }, "epoch");
  refused({ ...ack, session: "x" }, "session");
  refused({ ...ack, stream: "a/b" }, "stream");
  refused({ ...ack, cursor: [1, 1] }, "cursor");
  refused({ ...ack, cursor: { term: 2 ** 32, seq: 1 } }, "term");
  refused({ ...ack, kind: "append" }, "append");
  const command = {
    v: 1,
    kind: "command",
    epoch: 1,
    session,
    after: 0,
    cmdSeq: 1,
    opId: "o",
    thing: "pump",
    feature: "speed",
    who: "anna",
    expiresAt: 1,
  };
  refused({ ...command, value: new Uint8Array(1) }, "value");
  refused({ ...command, value: "x".repeat(70_000) }, "value");
});

test("keys and proofs of another length, and features of no known type, are refused", (t) => {
  const announce = { v: 1, kind: "announce", board: "b", bootId: session, online: true };
  t.throws(() => decodeUpMessage(encodeCbor({ ...announce, key: new Uint8Array(31) })), { instanceOf: LinkMessageInvalid, message: /key/ });
  const description = { v: 1, kind: "description", session, hash: session, part: 0, parts: 1 };
  const feature = { id: "f", type: "colour", writable: false };
  const described = (more: object): Uint8Array =>
    encodeCbor({ ...description, things: [{ id: "t", features: [{ ...feature, ...more }] }] });
  t.throws(() => decodeUpMessage(described({})), { instanceOf: LinkMessageInvalid, message: /type/ });
  t.throws(() => decodeUpMessage(described({ type: "number", values: [null] })), { instanceOf: LinkMessageInvalid, message: /values/ });
  t.throws(() => decodeUpMessage(encodeCbor({ ...description, part: 1, things: [] })), { instanceOf: LinkMessageInvalid, message: /part/ });
});

test("no bytes whatever do anything but decode or be refused", (t) => {
  const known = [...up, ...down].map((message) => encodeLinkMessage(message));
  const damaged = fc
    .record({ message: fc.constantFrom(...known), at: fc.nat(400), byte: fc.nat(255), cut: fc.nat(400) })
    .map(({ message, at: place, byte, cut }) => {
      const copy = message.slice(0, Math.max(1, message.length - (cut % 40)));
      copy[place % copy.length] = byte;
      return copy;
    });
  const allowed = (error: unknown): boolean => error instanceof LinkMessageInvalid || error instanceof LinkVersionUnknown;
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        for (const decode of [decodeUpMessage, decodeDownMessage]) {
          try {
            decode(bytes);
          } catch (error) {
            if (!allowed(error)) return false;
          }
        }
        return true;
      }),
      { numRuns: 3000 },
    ),
  );
});
