import test from "ava";
import {
  ExceptionCode,
  exceptionName,
  FrameInvalid,
  LineBusy,
  LineDown,
  ModbusError,
  ModbusException,
  ReplyMalformed,
  ReplyTimeout,
  RequestInvalid,
} from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { millis } from "../../../../shared/base/units.ts";

const place = { line: "hall-3", unit: 17, function: 3, address: 1000 };
const where = "line hall-3, unit 17, read holding registers (0x03), at 1000: ";

test("every error has its code, keeps its place and names it", (t) => {
  const cause = new Error("ECONNREFUSED");
  const errors: readonly (readonly [ModbusError, ModbusError["code"], string])[] = [
    [new ModbusException(2, place), "EDGE_MODBUS_EXCEPTION", "the device answered with exception 0x02, illegal data address"],
    [new ReplyTimeout(millis(250), place), "EDGE_MODBUS_TIMEOUT", "no reply within 250 ms"],
    [new ReplyMalformed("3 bytes", place), "EDGE_MODBUS_REPLY", "not a reply to the request: 3 bytes"],
    [new FrameInvalid("length 1", place), "EDGE_MODBUS_FRAME", "not a Modbus frame: length 1"],
    [new RequestInvalid(3, "quantity 0", place), "EDGE_MODBUS_REQUEST", "not a valid request: quantity 0"],
    [new LineDown("connection refused", place, { cause }), "EDGE_LINE_DOWN", "the line is down: connection refused"],
    [new LineBusy(64, place), "EDGE_LINE_BUSY", "the line is busy: 64 requests wait already"],
  ];
  for (const [error, code, what] of errors) {
    t.is(error.code, code);
    t.is(error.name, code);
    t.is(error.message, where + what);
    t.true(error instanceof ModbusError);
    t.like(error, place);
  }
  t.is(errors[5]?.[0].cause, cause);
});

test("an error whose place is unknown says only what happened", (t) => {
  t.is(new LineBusy(8).message, "the line is busy: 8 requests wait already");
  t.is(new ReplyTimeout(millis(10), { unit: 3 }).message, "unit 3: no reply within 10 ms");
  t.is(new ReplyMalformed("x", { function: 0x63 }).message, "unknown function (0x63): not a reply to the request: x");
});

test("the exceptions of the standard have its names", (t) => {
  // Modbus Application Protocol V1.1b3 §7
  t.deepEqual(
    Object.values(ExceptionCode).map((code) => [code, exceptionName(code)]),
    [
      [0x01, "illegal function"],
      [0x02, "illegal data address"],
      [0x03, "illegal data value"],
      [0x04, "server device failure"],
      [0x05, "acknowledge"],
      [0x06, "server device busy"],
      [0x08, "memory parity error"],
      [0x0a, "gateway path unavailable"],
      [0x0b, "gateway target device failed to respond"],
    ],
  );
  t.is(exceptionName(0x07), "unknown exception");
  t.is(new ModbusException(0x0b).exceptionName, "gateway target device failed to respond");
  t.is(new ModbusException(0x63).message, "the device answered with exception 0x63, unknown exception");
});
