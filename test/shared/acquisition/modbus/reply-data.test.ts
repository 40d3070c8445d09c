import test from "ava";
import fc from "fast-check";
import { encodeResponse } from "../../../../shared/acquisition/modbus/encode-response.ts";
import { ModbusException, ReplyMalformed } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { replyData, replyDataLength } from "../../../../shared/acquisition/modbus/reply-data.ts";
import { hex } from "../arbitrary-modbus.ts";

test("the data of a read reply lies behind function and byte count", (t) => {
  t.is(replyData({ function: 3, address: 107, quantity: 3 }, hex("03 06 022b00000064")), 2);
  t.is(replyData({ function: 1, address: 19, quantity: 19 }, hex("01 03 cd6b05")), 2);
});

test("the data is two bytes for a register and one for eight bits", (t) => {
  t.is(replyDataLength({ function: 4, address: 0, quantity: 125 }), 250);
  t.is(replyDataLength({ function: 2, address: 0, quantity: 2000 }), 250);
  t.is(replyDataLength({ function: 2, address: 0, quantity: 9 }), 2);
  t.is(replyDataLength({ function: 23, address: 0, quantity: 2, writeAddress: 0, registers: new Uint8Array(2) }), 4);
});

test("a reply with another length than asked is malformed, one register more or less included", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 125 }), fc.integer({ min: 1, max: 125 }), (asked, given) => {
        const pdu = encodeResponse({ function: 3, registers: new Uint8Array(given * 2) });
        try {
          return replyData({ function: 3, address: 0, quantity: asked }, pdu) === 2 && asked === given;
        } catch (error) {
          return error instanceof ReplyMalformed && asked !== given;
        }
      }),
    ),
  );
});

test("an exception names the place of the poll", (t) => {
  const error = t.throws(() => replyData({ function: 4, address: 30, quantity: 2 }, hex("84 0b"), { line: "roof", unit: 4 }), {
    instanceOf: ModbusException,
  });
  t.like(error, { exception: 0x0b, line: "roof", unit: 4, function: 4, address: 30 });
});
