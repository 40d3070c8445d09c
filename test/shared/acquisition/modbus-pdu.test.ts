import test from "ava";
import fc from "fast-check";
import { decodeRequest } from "../../../shared/acquisition/modbus/decode-request.ts";
import { decodeResponse } from "../../../shared/acquisition/modbus/decode-response.ts";
import { encodeRequest } from "../../../shared/acquisition/modbus/encode-request.ts";
import { encodeException, encodeResponse } from "../../../shared/acquisition/modbus/encode-response.ts";
import { ExceptionCode, ModbusException, ReplyMalformed, RequestInvalid } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { exceptionFlag, FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { ModbusRequest } from "../../../shared/acquisition/modbus/modbus-request.ts";
import type { ModbusResponse } from "../../../shared/acquisition/modbus/modbus-response.ts";
import { almost, anyRequest, anyResponseTo, hex } from "./arbitrary-modbus.ts";

interface Example {
  readonly request: ModbusRequest;
  readonly asked: string;
  readonly response: ModbusResponse;
  readonly answered: string;
}

// Modbus Application Protocol V1.1b3: the example of each clause
const examples: Readonly<Record<string, Example>> = {
  "§6.1 read coils": {
    request: { function: 1, address: 19, quantity: 19 },
    asked: "01 0013 0013",
    response: { function: 1, bits: hex("cd6b05") },
    answered: "01 03 cd6b05",
  },
  "§6.2 read discrete inputs": {
    request: { function: 2, address: 196, quantity: 22 },
    asked: "02 00c4 0016",
    response: { function: 2, bits: hex("acdb35") },
    answered: "02 03 acdb35",
  },
  "§6.3 read holding registers": {
    request: { function: 3, address: 107, quantity: 3 },
    asked: "03 006b 0003",
    response: { function: 3, registers: hex("022b00000064") },
    answered: "03 06 022b00000064",
  },
  "§6.4 read input registers": {
    request: { function: 4, address: 8, quantity: 1 },
    asked: "04 0008 0001",
    response: { function: 4, registers: hex("000a") },
    answered: "04 02 000a",
  },
  "§6.5 write single coil": {
    request: { function: 5, address: 172, value: true },
    asked: "05 00ac ff00",
    response: { function: 5, address: 172, value: true },
    answered: "05 00ac ff00",
  },
  "§6.6 write single register": {
    request: { function: 6, address: 1, value: 3 },
    asked: "06 0001 0003",
    response: { function: 6, address: 1, value: 3 },
    answered: "06 0001 0003",
  },
  "§6.11 write multiple coils": {
    request: { function: 15, address: 19, quantity: 10, bits: hex("cd01") },
    asked: "0f 0013 000a 02 cd01",
    response: { function: 15, address: 19, quantity: 10 },
    answered: "0f 0013 000a",
  },
  "§6.12 write multiple registers": {
    request: { function: 16, address: 1, registers: hex("000a0102") },
    asked: "10 0001 0002 04 000a0102",
    response: { function: 16, address: 1, quantity: 2 },
    answered: "10 0001 0002",
  },
  "§6.16 mask write register": {
    request: { function: 22, address: 4, and: 0xf2, or: 0x25 },
    asked: "16 0004 00f2 0025",
    response: { function: 22, address: 4, and: 0xf2, or: 0x25 },
    answered: "16 0004 00f2 0025",
  },
  "§6.17 read/write multiple registers": {
    request: { function: 23, address: 3, quantity: 6, writeAddress: 14, registers: hex("00ff00ff00ff") },
    asked: "17 0003 0006 000e 0003 06 00ff00ff00ff",
    response: { function: 23, registers: hex("00fe0acd00010003000d00ff") },
    answered: "17 0c 00fe0acd00010003000d00ff",
  },
};

for (const [clause, { request, asked, response, answered }] of Object.entries(examples)) {
  test(`the example of ${clause} is encoded and decoded as the standard prints it`, (t) => {
    t.deepEqual(encodeRequest(request), hex(asked));
    t.deepEqual(decodeRequest(hex(asked)), request);
    t.deepEqual(encodeResponse(response), hex(answered));
    t.deepEqual(decodeResponse(request, hex(answered)), response);
  });

  test(`every exception to ${clause} is raised as itself`, (t) => {
    for (const exception of [...Object.values(ExceptionCode), 0x07, 0xff]) {
      const pdu = encodeException(request.function, exception);
      t.deepEqual(pdu, Uint8Array.of(request.function + 0x80, exception));
      const error = t.throws(() => decodeResponse(request, pdu, { line: "west", unit: 9 }), { instanceOf: ModbusException });
      t.like(error, { exception, line: "west", unit: 9, function: request.function });
      t.is(error.address, "address" in request ? request.address : undefined);
    }
  });
}

test("the example of §7 is an illegal data address", (t) => {
  const error = t.throws(() => decodeResponse({ function: 1, address: 0x04a1, quantity: 1 }, hex("81 02")), {
    instanceOf: ModbusException,
  });
  t.is(error.message, "read coils (0x01), at 1185: the device answered with exception 0x02, illegal data address");
});

const refusedRequest = test.macro({
  exec(t, pdu: string, exception: ExceptionCode, what: string) {
    const error = t.throws(() => decodeRequest(hex(pdu)), { instanceOf: RequestInvalid });
    t.is(error.exception, exception);
    t.true(error.message.endsWith(what), error.message);
  },
  title: (_given, pdu: string, exception: ExceptionCode, what: string) =>
    `a server answers [${pdu.slice(0, 40)}] with exception ${exception}: ${what}`,
});

test(refusedRequest, "", 1, "an empty PDU");
test(refusedRequest, "07", 1, "a function that is not served");
test(refusedRequest, "83 0000 0001", 1, "a function that is not served");
test(refusedRequest, "03 0000", 3, "3 bytes long, expected 5");
test(refusedRequest, "03 0000 0000", 3, "quantity 0, expected 1 to 125");
test(refusedRequest, "03 0000 007e", 3, "quantity 126, expected 1 to 125");
test(refusedRequest, "01 0000 07d1", 3, "quantity 2001, expected 1 to 2000");
test(refusedRequest, "03 ffff 0002", 2, "address 65535 and quantity 2 reach beyond address 65535");
test(refusedRequest, "05 0000 0001", 3, "coil value 1, expected 0 or 65280");
test(refusedRequest, "0f 0000 0009 01 ff", 3, "1 bytes for 9 coils");
test(refusedRequest, `0f 0000 07b1 f7${"00".repeat(247)}`, 3, "quantity 1969, expected 1 to 1968");
test(refusedRequest, "10 0000 0002 02 0000", 3, "2 bytes for 2 registers");
test(refusedRequest, `10 0000 007c f8${"00".repeat(248)}`, 3, "quantity 124, expected 1 to 123");
test(refusedRequest, "10 ffff 0002 04 00000000", 2, "address 65535 and quantity 2 reach beyond address 65535");
test(refusedRequest, "17 0000 007e 0000 0001 02 0000", 3, "read quantity 126, expected 1 to 125");
test(refusedRequest, `17 0000 0001 0000 007a f4${"00".repeat(244)}`, 3, "write quantity 122, expected 1 to 121");
test(refusedRequest, "17 0000 0001 ffff 0002 04 00000000", 2, "write address 65535 and quantity 2 reach beyond address 65535");
test(refusedRequest, "2b 0d 01 00", 1, "encapsulated interface 0x0d, expected 0x0e");
test(refusedRequest, "2b 0e 05 00", 3, "identification level 5, expected 1 to 4");
test(refusedRequest, "2b 0e 01", 3, "3 bytes long, expected 4");

test("a request beyond the limits is not encoded, and the error names line, unit, function and address", (t) => {
  const refuse = (request: ModbusRequest) =>
    t.throws(() => encodeRequest(request, { line: "l1", unit: 2 }), { instanceOf: RequestInvalid });
  t.is(
    refuse({ function: 3, address: 70_000, quantity: 1 }).message,
    "line l1, unit 2, read holding registers (0x03), at 70000: not a valid request: address 70000 and quantity 1 reach beyond address 65535",
  );
  t.is(refuse({ function: 3, address: -1, quantity: 1 }).exception, 2);
  t.is(refuse({ function: 3, address: 0.5, quantity: 1 }).exception, 2);
  t.is(refuse({ function: 3, address: 0, quantity: Number.NaN }).exception, 3);
  t.is(refuse({ function: 6, address: 0, value: 65_536 }).exception, 3);
  t.is(refuse({ function: 6, address: 0, value: -1 }).exception, 3);
  t.is(refuse({ function: 16, address: 0, registers: hex("000000") }).exception, 3);
  t.is(refuse({ function: 16, address: 0, registers: hex("") }).exception, 3);
  t.is(refuse({ function: 15, address: 0, quantity: 8, bits: hex("0000") }).exception, 3);
  t.is(refuse({ function: 22, address: 0, and: 0x10000, or: 0 }).exception, 3);
  t.is(refuse({ function: 22, address: 0, and: 0, or: 1.5 }).exception, 3);
  t.is(refuse({ function: 43, level: 1, object: 256 }).exception, 3);
});

test("the fill bits of a row of coils go out as zeros", (t) => {
  t.deepEqual(encodeRequest({ function: 15, address: 0, quantity: 10, bits: hex("ffff") }), hex("0f 0000 000a 02 ff03"));
});

const notTheReply = test.macro({
  exec(t, clause: string, pdu: string, what: string) {
    const request = examples[clause]?.request;
    if (request === undefined) return t.fail(`no example ${clause}`);
    const error = t.throws(() => decodeResponse(request, hex(pdu), { line: "l1", unit: 5 }), { instanceOf: ReplyMalformed });
    t.true(error.message.endsWith(what), error.message);
    t.like(error, { line: "l1", unit: 5, function: request.function });
  },
  title: (_given, clause, pdu) => `[${pdu}] is no reply to ${clause}`,
});

test(notTheReply, "§6.1 read coils", "", "an empty PDU");
test(notTheReply, "§6.1 read coils", "02 03 cd6b05", "it answers read discrete inputs (0x02)");
test(notTheReply, "§6.1 read coils", "01 03 cd6b", "byte count 3 in 4 bytes, expected 3 in 5");
test(notTheReply, "§6.1 read coils", "01 02 cd6b", "byte count 2 in 4 bytes, expected 3 in 5");
test(notTheReply, "§6.1 read coils", "81", "an exception of 1 bytes, expected 2");
test(notTheReply, "§6.1 read coils", "81 02 00", "an exception of 3 bytes, expected 2");
test(notTheReply, "§6.1 read coils", "82 02", "it answers unknown function (0x82)");
test(notTheReply, "§6.3 read holding registers", "03 05 022b00000064", "byte count 5 in 8 bytes, expected 6 in 8");
test(notTheReply, "§6.3 read holding registers", "03 06 022b0000006400", "byte count 6 in 9 bytes, expected 6 in 8");
test(notTheReply, "§6.5 write single coil", "05 00ad ff00", "address 173 echoed, expected 172");
test(notTheReply, "§6.5 write single coil", "05 00ac 0000", "word 0 echoed, expected 65280");
test(notTheReply, "§6.6 write single register", "06 0001 0003 00", "6 bytes, expected 5");
test(notTheReply, "§6.6 write single register", "06 0001 0004", "word 4 echoed, expected 3");
test(notTheReply, "§6.11 write multiple coils", "0f 0013 0009", "word 9 echoed, expected 10");
test(notTheReply, "§6.12 write multiple registers", "10 0002 0002", "address 2 echoed, expected 1");
test(notTheReply, "§6.16 mask write register", "16 0004 00f2 0024", "or mask 36 echoed, expected 37");
test(notTheReply, "§6.16 mask write register", "16 0004 00f3 0025", "word 243 echoed, expected 242");
test(notTheReply, "§6.17 read/write multiple registers", "17 0a 00fe0acd00010003000d", "byte count 10 in 12 bytes, expected 12 in 14");

test("a server cannot send more data than a PDU holds, nor half a register", (t) => {
  t.throws(() => encodeResponse({ function: 3, registers: new Uint8Array(252) }), { instanceOf: ReplyMalformed });
  t.throws(() => encodeResponse({ function: 3, registers: new Uint8Array(3) }), { instanceOf: ReplyMalformed });
  t.throws(() => encodeResponse({ function: 1, bits: new Uint8Array(0) }), { instanceOf: ReplyMalformed });
});

test("every request survives encoding and decoding and fits into a PDU", (t) => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const pdu = encodeRequest(request);
      if (pdu.length > 253) throw new Error(`${pdu.length} bytes`);
      t.deepEqual(decodeRequest(pdu), request);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

const requestAndResponse = anyRequest.chain((request) => anyResponseTo(request).map((response) => ({ request, response })));

test("every response survives encoding and decoding and fits into a PDU", (t) => {
  fc.assert(
    fc.property(requestAndResponse, ({ request, response }) => {
      const pdu = encodeResponse(response);
      if (pdu.length > 253) throw new Error(`${pdu.length} bytes`);
      t.deepEqual(decodeResponse(request, pdu), response);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

/** Coils' fill bits are the one thing in a request that is not looked at. */
function sameRequest(pdu: Uint8Array, again: Uint8Array): boolean {
  const last = pdu.length - (pdu[0] === FunctionCode.writeMultipleCoils ? 1 : 0);
  return pdu.length === again.length && again.every((byte, i) => i >= last || byte === pdu[i]);
}

test("any bytes are a request that encodes to the same bytes, or an invalid request", (t) => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 260 }),
    anyRequest.chain((request) => almost(encodeRequest(request))),
  );
  let valid = 0;
  fc.assert(
    fc.property(anything, (pdu) => {
      try {
        const again = encodeRequest(decodeRequest(pdu));
        valid++;
        return sameRequest(pdu, again);
      } catch (error) {
        return error instanceof RequestInvalid;
      }
    }),
    { numRuns: 2000, seed: 20_260_101 },
  );
  t.true(valid > 100, `${valid} were valid`);
});

test("any bytes are a reply that encodes to the same bytes, an exception of the device, or a malformed reply", (t) => {
  const anything = requestAndResponse.chain(({ request, response }) =>
    fc
      .oneof(
        fc.uint8Array({ maxLength: 260 }),
        fc.uint8Array({ maxLength: 3 }).map((rest) => Uint8Array.of(request.function | exceptionFlag, ...rest)),
        almost(encodeResponse(response)),
      )
      .map((pdu) => ({ request, pdu })),
  );
  const seen = { value: 0, exception: 0, malformed: 0 };
  fc.assert(
    fc.property(anything, ({ request, pdu }) => {
      try {
        const response = decodeResponse(request, pdu);
        seen.value++;
        const again = encodeResponse(response);
        // An identification that is complete may name any next object.
        const complete = response.function === FunctionCode.encapsulatedInterface && response.next === undefined;
        return again.length === pdu.length && again.every((byte, i) => (complete && i === 5) || byte === pdu[i]);
      } catch (error) {
        if (error instanceof ModbusException) seen.exception++;
        else if (error instanceof ReplyMalformed) seen.malformed++;
        else throw error;
        return true;
      }
    }),
    { numRuns: 2000, seed: 20_260_101 },
  );
  t.true(seen.value > 50 && seen.exception > 50 && seen.malformed > 500, JSON.stringify(seen));
});
