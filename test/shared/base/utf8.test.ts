import test from "ava";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8, utf8Length, writeUtf8 } from "../../../shared/base/utf8.ts";
import { illFormedUtf8, loneSurrogates, utf8Vectors } from "../broker/utf8-vectors.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const byWeb = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
};

test("text at both sides of every change of length is written and read as RFC 3629 §3 says", (t) => {
  for (const { text, hex: expected } of utf8Vectors) {
    t.is(hex(encodeUtf8(text)), expected);
    t.is(utf8Length(text), expected.length / 2);
    t.is(decodeUtf8(Buffer.from(expected, "hex")), text);
  }
});

test("each lone surrogate is written as U+FFFD", (t) => {
  for (const { text, hex: expected } of loneSurrogates) t.is(hex(encodeUtf8(text)), expected);
});

for (const { hex: bytes, why } of illFormedUtf8) {
  test(`UTF-8 with ${why} is not text (Unicode table 3-7)`, (t) => {
    t.is(decodeUtf8(Buffer.from(bytes, "hex")), undefined);
    t.is(decodeUtf8(Buffer.from(`4142${bytes}43`, "hex")), undefined);
  });
}

test("any text is written as the web's TextEncoder writes it", (t) => {
  const encoder = new TextEncoder();
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 100 }), fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(unit) }));
  t.notThrows(() =>
    fc.assert(
      fc.property(text, (one) => hex(encodeUtf8(one)) === hex(encoder.encode(one)) && utf8Length(one) === encoder.encode(one).length),
    ),
  );
});

test("any bytes are read as the web's strict TextDecoder reads them", (t) => {
  const near = fc.array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5), { maxLength: 12 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    near.map((units) => Uint8Array.from(units)),
    fc.string({ unit: "binary", maxLength: 100 }).map((text) => encodeUtf8(text)),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(bytes, (one) => decodeUtf8(one) === byWeb(one)),
      { numRuns: 2000 },
    ),
  );
});

test("a part of a buffer is read and written without touching the rest", (t) => {
  const bytes = Uint8Array.of(0xff, 0xc3, 0xbc, 0x41, 0xff);
  t.is(decodeUtf8(bytes, 1, 4), "üA");
  t.is(decodeUtf8(bytes, 1, 2), undefined);
  t.is(writeUtf8("ü", bytes, 2), 4);
  t.deepEqual(bytes, Uint8Array.of(0xff, 0xc3, 0xc3, 0xbc, 0xff));
});

function unit(code: number): string {
  return String.fromCharCode(code);
}
