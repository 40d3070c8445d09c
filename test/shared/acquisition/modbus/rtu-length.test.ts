import test from "ava";
import fc from "fast-check";
import { encodeRequest } from "../../../../shared/acquisition/modbus/encode-request.ts";
import { encodeException, encodeResponse } from "../../../../shared/acquisition/modbus/encode-response.ts";
import { encodeRtu, rtuLimit } from "../../../../shared/acquisition/modbus/rtu-frame.ts";
import { type RtuLength, rtuReplyLength, rtuRequestLength } from "../../../../shared/acquisition/modbus/rtu-length.ts";
import { anyRequest, anyResponseTo, hex } from "../arbitrary-modbus.ts";

/** Reads byte by byte until the length is known. */
function firstKnown(adu: Uint8Array, lengthOf: (bytes: Uint8Array, have: number) => RtuLength): RtuLength {
  for (let have = 0; have <= adu.length; have++) {
    const length = lengthOf(adu, have);
    if (length !== "more") return length;
  }
  return "more";
}

test("a reader that takes bytes until the length is reached has exactly the request", (t) => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const adu = encodeRtu(1, encodeRequest(request));
      t.is(firstKnown(adu, rtuRequestLength), adu.length);
      t.is(rtuRequestLength(adu), adu.length);
    }),
  );
  t.pass();
});

test("a reader that takes bytes until the length is reached has exactly the reply", (t) => {
  fc.assert(
    fc.property(anyRequest.chain(anyResponseTo), (response) => {
      const adu = encodeRtu(1, encodeResponse(response));
      t.is(firstKnown(adu, rtuReplyLength), adu.length);
      t.is(rtuReplyLength(adu), adu.length);
    }),
  );
  t.pass();
});

test("an exception is five bytes long, whatever the function", (t) => {
  for (const code of [1, 6, 0x2b, 0x63]) t.is(rtuReplyLength(encodeRtu(1, encodeException(code, 2))), 5);
  t.is(rtuReplyLength(hex("01 83")), 5);
});

test("an unknown function ends by silence", (t) => {
  t.is(rtuReplyLength(hex("01 08 0000")), "silence");
  t.is(rtuRequestLength(hex("01 08 0000")), "silence");
  t.is(rtuReplyLength(hex("01 2b 0d 00")), "silence");
  t.is(rtuRequestLength(hex("01 2b 0d 00")), "silence");
});

test("a count that no frame can hold ends by silence", (t) => {
  t.is(rtuReplyLength(hex("01 03 fc")), "silence");
  t.is(rtuReplyLength(hex("01 03 fb")), 256);
  t.is(rtuReplyLength(hex("01 2b 0e 03 83 00 00 02 00 ff")), "silence");
});

test("any bytes give a length of at most 256 or leave it open", (t) => {
  const sane = (length: RtuLength) => typeof length === "string" || (length >= 4 && length <= rtuLimit);
  t.notThrows(() =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => sane(rtuReplyLength(bytes)) && sane(rtuRequestLength(bytes)))),
  );
});
