import test from "ava";
import { Decoder, Encoder } from "cbor-x";
import fc from "fast-check";
import { decodeCbor } from "../../../shared/broker/cbor-decode.ts";
import { CborEncoder, encodeCbor } from "../../../shared/broker/cbor-encode.ts";
import { CborInvalid, CborUnencodable } from "../../../shared/broker/cbor-errors.ts";
import type { CborValue } from "../../../shared/broker/cbor-value.ts";
import { canonical } from "../../xs/canonical.ts";
import { cborVectors, longerVectors, refusedVectors } from "./cbor-vectors.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, "hex"));

/** As the gateway sets it: objects as maps, plain byte strings. */
const peerEncoder = new Encoder({ useRecords: false, tagUint8Array: false });
const peerDecoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** Anything the codec carries, at most `depth` levels deep. */
const anyValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue; scalar: CborValue }>((tie) => ({
  scalar: fc.oneof(
    fc.constant(null),
    fc.constant(undefined),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.float(),
    fc.constantFrom(0.5, -0, 65_504, 2 ** -24, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32),
    fc.oneof(fc.bigInt(2n ** 53n, 2n ** 64n - 1n), fc.bigInt(-(2n ** 64n), -(2n ** 53n))),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }),
  ),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("scalar"),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(fc.string({ unit: "grapheme", maxLength: 30 }), tie("value"), { maxKeys: 30 }),
  ),
})).value;

/** Without what cbor-x has no plain form for: the lowest 64-bit integer, which it writes as a tag, and members called `__proto__`, which it renames. */
const sharedValue = anyValue.filter((value) => !/__proto__|-18446744073709551616n/.test(canonical(value)));

/** Canonical but for two habits of cbor-x: it reads every 64-bit integer as a bigint, and writes -0 as 0. */
const alike = (value: unknown): string =>
  canonical(value)
    .replaceAll(/(?<![\d"])(-?\d{1,16})n/g, (text, digits) => (Number.isSafeInteger(Number(digits)) ? digits : text))
    .replaceAll(/(?<=^|[[:,])-0(?=$|[\],}])/g, "0");

for (const { value, hex: expected } of cborVectors) {
  test(`${typeof value === "number" ? value : canonical(value).slice(0, 60)} is ${expected.slice(0, 40)}, both ways (RFC 8949 Appendix A, §4.2)`, (t) => {
    t.is(hex(encodeCbor(value)), expected);
    t.is(canonical(decodeCbor(bytesOf(expected))), canonical(value));
  });
}

for (const { value, hex: longer } of longerVectors) {
  test(`the longer form ${longer} is read as ${typeof value === "number" ? value : canonical(value)}`, (t) => {
    t.is(canonical(decodeCbor(bytesOf(longer))), canonical(value));
  });
}

for (const { hex: bad, offset, why } of refusedVectors) {
  test(`CBOR of ${why} is refused at byte ${offset}`, (t) => {
    const error = t.throws(() => decodeCbor(bytesOf(bad)), { instanceOf: CborInvalid, code: "EDGE_CBOR_INVALID" });
    t.is(error?.offset, offset);
    t.regex(error?.message ?? "", new RegExp(`^CBOR at byte ${offset}: `));
  });
}

test("what is written is read back the same", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(anyValue, (value) => canonical(decodeCbor(encodeCbor(value))) === canonical(value)),
      { numRuns: 500 },
    ),
  );
});

test("the encoding does not depend on the order of members", (t) => {
  const reversed = (value: CborValue): CborValue =>
    typeof value !== "object" || value === null || value instanceof Uint8Array || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).reverse());
  t.notThrows(() =>
    fc.assert(
      fc.property(anyValue, (value) => hex(encodeCbor(reversed(value))) === hex(encodeCbor(value))),
      { numRuns: 500 },
    ),
  );
});

test("a bigint that a number can hold comes back as that number", (t) => {
  t.is(hex(encodeCbor(24n)), "1818");
  t.is(hex(encodeCbor(-1n)), "20");
  t.is(decodeCbor(encodeCbor(2n ** 53n - 1n)), Number.MAX_SAFE_INTEGER);
});

test("cbor-x reads what is written here", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(sharedValue, (value) => alike(peerDecoder.decode(encodeCbor(value))) === alike(value)),
      { numRuns: 500 },
    ),
  );
});

test("what cbor-x writes is read here", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(sharedValue, (value) => alike(decodeCbor(peerEncoder.encode(value))) === alike(value)),
      { numRuns: 500 },
    ),
  );
});

test("any bytes are a value or a CborInvalid, and a value can be written again", (t) => {
  const heads = fc.array(fc.constantFrom(0x00, 0x18, 0x1b, 0x41, 0x5a, 0x61, 0x80, 0x82, 0x98, 0x9f, 0xa1, 0xb8, 0xc0, 0xf4, 0xf9, 0xff), {
    maxLength: 30,
  });
  const mutated = fc.tuple(anyValue, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([value, place, byte]) => {
    const bytes = encodeCbor(value);
    bytes[place % bytes.length] = byte;
    return bytes;
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    heads.map((units) => Uint8Array.from(units)),
    mutated,
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(bytes, (one) => {
        let value: CborValue;
        try {
          value = decodeCbor(one);
        } catch (error) {
          return error instanceof CborInvalid && error.offset >= 0 && error.offset <= one.length;
        }
        return canonical(decodeCbor(encodeCbor(value))) === canonical(value);
      }),
      { numRuns: 5000 },
    ),
  );
});

test("a key __proto__ is an ordinary member and changes no prototype", (t) => {
  const map = decodeCbor(bytesOf("a1695f5f70726f746f5f5fa168706f6c6c75746564f5"));
  t.is(Object.getPrototypeOf(map), Object.prototype);
  t.is(Reflect.get({}, "polluted"), undefined);
  t.is(canonical(map), '{"__proto__":{"polluted":true}}');
  t.is(hex(encodeCbor(map)), "a1695f5f70726f746f5f5fa168706f6c6c75746564f5");
});

test("bytes that were read are a plain copy, also out of a Buffer", (t) => {
  const message = Buffer.from("4401020304", "hex");
  const read = decodeCbor(message);
  message.fill(0);
  t.deepEqual(read, Uint8Array.of(1, 2, 3, 4));
  t.is(Object.getPrototypeOf(read), Uint8Array.prototype);
});

test("an encoder that starts with one byte grows to any message and can be used again", (t) => {
  const encoder = new CborEncoder(1);
  const long = { text: "ü".repeat(5000), bytes: new Uint8Array(70_000), list: Array.from({ length: 1000 }, (_, index) => index / 2) };
  t.is(hex(encoder.encode(long)), hex(encodeCbor(long)));
  const first = encoder.encode([1]);
  encoder.encode([2]);
  t.is(hex(first), "8101");
});

test("a value without a CBOR form is refused with its path", (t) => {
  const ring: CborValue[] = [];
  ring.push(ring);
  const refused: readonly (readonly [CborValue, string])[] = [
    [{ a: [0, 1n << 64n] }, "$.a[1]"],
    [-(1n << 64n) - 1n, "$"],
    [ring, `$${"[0]".repeat(16)}`],
    [{ b: { "\ud800": 1, "\ufffd": 2 } }, "$.b"],
  ];
  for (const [value, path] of refused) {
    const error = t.throws(() => encodeCbor(value), { instanceOf: CborUnencodable, code: "EDGE_CBOR_UNENCODABLE" });
    t.is(error?.path, path);
  }
});
