import { crc16 } from "../../../shared/acquisition/modbus/crc16.ts";
import { decodeRequest } from "../../../shared/acquisition/modbus/decode-request.ts";
import { decodeResponse } from "../../../shared/acquisition/modbus/decode-response.ts";
import {
  answerIdentification,
  encodeIdentification,
  nextIdentification,
} from "../../../shared/acquisition/modbus/device-identification.ts";
import { encodeRequest } from "../../../shared/acquisition/modbus/encode-request.ts";
import { encodeException, encodeResponse } from "../../../shared/acquisition/modbus/encode-response.ts";
import { encodeMbap, MbapDeframer } from "../../../shared/acquisition/modbus/mbap.ts";
import type { ModbusRequest } from "../../../shared/acquisition/modbus/modbus-request.ts";
import { replyData } from "../../../shared/acquisition/modbus/reply-data.ts";
import { decodeRtu, encodeRtu } from "../../../shared/acquisition/modbus/rtu-frame.ts";
import { rtuReplyLength, rtuRequestLength } from "../../../shared/acquisition/modbus/rtu-length.ts";
import { interCharacterLimit, interFrameDelay } from "../../../shared/acquisition/modbus/rtu-timing.ts";
import type { ByteOrder, ValueLayout, ValueType } from "../../../shared/acquisition/point-config.ts";
import type { PointValue } from "../../../shared/acquisition/sample.ts";
import { checkLayout } from "../../../shared/acquisition/values/check-layout.ts";
import { float16FromBits, float16ToBits } from "../../../shared/acquisition/values/float16.ts";
import { applyMask } from "../../../shared/acquisition/values/register-mask.ts";
import { scalingOf } from "../../../shared/acquisition/values/scaling.ts";
import { compileValue } from "../../../shared/acquisition/values/value-codec.ts";
import { encodeUtf8 } from "../../../shared/base/utf8.ts";

const holding = (rest: Partial<ValueLayout> = {}): ValueLayout => ({ area: "holding", address: 0, ...rest });

const types: readonly ValueType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
  "float16",
  "float32",
  "float64",
  "bcd16",
  "bcd32",
];
const orders: readonly ByteOrder[] = ["ABCD", "CDAB", "BADC", "DCBA"];

const layouts: readonly ValueLayout[] = [
  { area: "coil", address: 0 },
  { area: "discrete", address: 0, count: 11, names: { "0": "open" } },
  holding({ type: "bool", bit: 9, order: "BADC" }),
  holding({ type: "bool", bit: 12, count: 9 }),
  holding({ type: "uint8", byte: "high" }),
  holding({ type: "string", length: 7 }),
  holding({ type: "string", length: 6, order: "BADC", count: 2 }),
  holding({ names: { "0": "off", "1": "on" } }),
  holding({ type: "int16", scale: 0.1, offset: -40 }),
  holding({ type: "int64", names: { "-1": "none" }, order: "CDAB" }),
  ...types.flatMap((type) => orders.map((order) => holding({ type, order }))),
  ...types.map((type) => holding({ type, scale: 0.01, offset: 0.5 })),
  ...types.map((type) => holding({ type, count: 3 })),
];

const requests: readonly ModbusRequest[] = [
  { function: 1, address: 19, quantity: 19 },
  { function: 2, address: 196, quantity: 22 },
  { function: 3, address: 107, quantity: 3 },
  { function: 4, address: 65_535, quantity: 1 },
  { function: 5, address: 172, value: true },
  { function: 6, address: 1, value: 3 },
  { function: 15, address: 19, quantity: 10, bits: Uint8Array.of(0xcd, 0x01) },
  { function: 16, address: 1, registers: Uint8Array.of(0, 10, 1, 2) },
  { function: 22, address: 4, and: 0xf2, or: 0x25 },
  { function: 23, address: 3, quantity: 6, writeAddress: 14, registers: Uint8Array.of(0, 255, 0, 255, 0, 255) },
  { function: 43, level: 1, object: 0 },
];

const invalidRequests: readonly ModbusRequest[] = [
  { function: 3, address: 0, quantity: 126 },
  { function: 3, address: 65_535, quantity: 2 },
  { function: 1, address: 0, quantity: 0 },
  { function: 6, address: 0, value: 65_536 },
  { function: 16, address: 0, registers: new Uint8Array(3) },
];

const writes: readonly (readonly [ValueLayout, PointValue])[] = [
  [holding(), 65_536],
  [holding({ type: "int16", scale: 0.1 }), 23.46],
  [holding({ type: "float32" }), 0.1],
  [holding({ type: "float16" }), 65_520],
  [holding({ type: "uint64" }), "18446744073709551615"],
  [holding({ type: "int64", order: "DCBA" }), -(2n ** 63n)],
  [holding({ type: "bcd32" }), 12_345_678],
  [holding({ type: "string", length: 4 }), "2°C"],
  [holding({ type: "string", length: 4 }), "longer"],
  [holding({ names: { "3": "auto" } }), "auto"],
  [holding({ names: { "3": "auto" } }), "manual"],
  [holding({ type: "bool", bit: 3 }), true],
  [holding({ type: "int8", byte: "low" }), -2],
  [holding({ count: 2 }), [1]],
  [{ area: "coil", address: 0 }, 1],
];

/** What JSON can say of a result: bigints as strings with their `n`, bytes as hexadecimal digits, errors as code and message, absence as null. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return null;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
  if (value instanceof Error) return "code" in value ? `${String(value.code)} ${value.message}` : value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value;
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** Bytes that look random and are the same everywhere. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** Many results as one number, so that the comparison stays short. */
function digest(results: readonly unknown[]): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(results.map(plain))) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `${results.length} results, ${hash.toString(16)}`;
}

function replyTo(request: ModbusRequest): Uint8Array {
  switch (request.function) {
    case 1:
    case 2:
      return encodeResponse({ function: request.function, bits: noise((request.quantity + 7) >> 3, 5) });
    case 3:
    case 4:
    case 23:
      return encodeResponse({ function: request.function, registers: noise(request.quantity * 2, 5) });
    case 15:
      return encodeResponse({ function: 15, address: request.address, quantity: request.quantity });
    case 16:
      return encodeResponse({ function: 16, address: request.address, quantity: request.registers.length / 2 });
    case 43:
      return encodeIdentification(answerIdentification(request, [{ id: 0, value: encodeUtf8("Acme") }]));
    default:
      return encodeResponse(request);
  }
}

function deframed(size: number): unknown {
  const frames: unknown[] = [];
  const deframer = new MbapDeframer((transaction, unit, pdu) => frames.push([transaction, unit, pdu]));
  const stream = requests.flatMap((request, i) => [...encodeMbap(i * 1000, i, encodeRequest(request))]);
  for (let at = 0; at < stream.length; at += size) deframer.push(Uint8Array.from(stream.slice(at, at + size)));
  return [...frames, attempt(() => deframer.push(Uint8Array.of(0, 1, 0, 1, 0, 6, 1)))];
}

function identified(): unknown {
  const objects = [0, 1, 2, 0x80, 0x81].map((id) => ({ id, value: noise(id < 3 ? 4 : 200, id) }));
  const replies: unknown[] = [];
  let request: ReturnType<typeof nextIdentification> = { function: 43, level: 3, object: 0 };
  while (request !== undefined) {
    const reply = decodeResponse(request, encodeResponse(answerIdentification(request, objects)));
    replies.push(reply);
    request = reply.function === 43 ? nextIdentification(reply) : undefined;
  }
  return replies;
}

/** Thirty scattered values of one reply, as a poll decodes them. */
function polled(): unknown {
  const request: ModbusRequest = { function: 3, address: 0, quantity: 125 };
  const pdu = replyTo(request);
  const data = replyData(request, pdu);
  const codecs = Array.from({ length: 30 }, (_, i) =>
    compileValue(holding(i % 2 === 0 ? { scale: 0.1 } : { type: "float32", order: "CDAB" })),
  );
  return codecs.map((codec, i) => codec.decode(pdu, data + i * 8));
}

const cases: Readonly<Record<string, () => unknown>> = {
  "crc16 of any length": () => Array.from({ length: 20 }, (_, i) => crc16(noise(i * 13, i))),
  "requests are encoded": () => requests.map((request) => encodeRequest(request)),
  "requests are decoded": () => requests.map((request) => decodeRequest(encodeRequest(request))),
  "requests beyond the limits are refused": () => invalidRequests.map((request) => attempt(() => encodeRequest(request))),
  "any bytes are a request or refused": () => {
    const pdus = Array.from({ length: 200 }, (_, i) => Uint8Array.of([1, 3, 5, 15, 16, 22, 23, 43][i & 7] ?? 0, ...noise(i >> 2, i)));
    return digest(pdus.map((pdu) => attempt(() => decodeRequest(pdu))));
  },
  "responses are decoded": () => requests.map((request) => decodeResponse(request, replyTo(request))),
  "replies to another request are refused": () =>
    requests.map((request, i) => attempt(() => decodeResponse(request, replyTo(requests[(i + 1) % requests.length] ?? request)))),
  "replies cut short are refused": () =>
    requests.map((request) => attempt(() => decodeResponse(request, replyTo(request).subarray(0, 3), { line: "l", unit: 1 }))),
  "exceptions are raised": () =>
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 11].map((code) =>
      attempt(() => decodeResponse({ function: 3, address: 0, quantity: 1 }, encodeException(3, code))),
    ),
  "identification goes on until all is read": identified,
  "a stream in one piece": () => deframed(1000),
  "a stream byte by byte": () => deframed(1),
  "a stream in pieces of seven": () => deframed(7),
  "serial frames": () => requests.map((request) => [encodeRtu(9, encodeRequest(request)), decodeRtu(encodeRtu(9, replyTo(request)))]),
  "serial frames with a wrong checksum": () => attempt(() => decodeRtu(noise(8, 1))),
  "lengths of serial frames": () =>
    requests.map((request) => {
      const [asked, answered] = [encodeRtu(9, encodeRequest(request)), encodeRtu(9, replyTo(request))];
      return [0, 2, 3, 7, 11].map((have) => [rtuRequestLength(asked, have), rtuReplyLength(answered, have)]);
    }),
  "silent intervals": () => [1200, 9600, 19_200, 115_200].map((baud) => [interFrameDelay(baud), interCharacterLimit(baud)]),
  "masked writes": () => applyMask(0x12, { and: 0xf2, or: 0x25 }),
  "half precision from bits": () => [0, 1, 0x3ff, 0x400, 0x3555, 0x3c00, 0x7bff, 0xc000].map((bits) => float16FromBits(bits)),
  "half precision to bits": () => digest(Array.from({ length: 500 }, (_, i) => float16ToBits((i - 250) ** 3 / 997))),
  "scaling without noise": () =>
    [0.1, 0.01, 0.001, 1 / 3, 1e-7, -2.5, 1e15].map((scale) => [3, 235, 65_535, -7].map((raw) => scalingOf(scale, 0.5)?.value(raw))),
  "contradictory layouts": () =>
    [holding({ type: "bool" }), holding({ bit: 1 }), holding({ type: "string" }), holding({ count: 200 }), holding({ scale: 0 })].map(
      checkLayout,
    ),
  "values are encoded or refused": () =>
    writes.map(([layout, value]) => {
      const codec = compileValue(layout);
      return attempt(() => (codec.mask ?? codec.encode)(value));
    }),
  "thirty values of a poll": polled,
};

/** Pure work of the Modbus codec and its values whose results, plain JSON, must be the same in every engine. */
export function modbusCases(): readonly { readonly name: string; readonly run: () => unknown }[] {
  const ofLayouts = layouts.map((layout) => ({ name: `values of ${JSON.stringify(layout)}`, run: () => valuesOf(layout) }));
  const named = Object.entries(cases).map(([name, run]) => ({ name: `modbus: ${name}`, run: () => plain(run()) }));
  return [...named, ...ofLayouts];
}

/** A layout's values of all kinds of bytes, and the bytes that they become again. */
function valuesOf(layout: ValueLayout): unknown {
  const { decode, encode, mask } = compileValue(layout);
  const data = [new Uint8Array(24), new Uint8Array(24).fill(0xff), new Uint8Array(24).fill(0x41), noise(24, 1), noise(24, 2), noise(24, 3)];
  return data.map((bytes) => {
    const value = decode(bytes, 0);
    return plain([value, value === undefined ? undefined : attempt(() => (mask ?? encode)(value))]);
  });
}
