import { EdgeError } from "../../base/edge-error.ts";
import type { Millis } from "../../base/units.ts";
import { functionName, hexByte } from "./modbus-function.ts";

/** Where on the field side something happened, as far as known. */
export interface ModbusPlace {
  /** Id of the line. */
  readonly line?: string | undefined;
  readonly unit?: number | undefined;
  /** Function code of the request. */
  readonly function?: number | undefined;
  /** First address that the request names. */
  readonly address?: number | undefined;
}

/** For callers that know nothing about the place. */
export const nowhere: ModbusPlace = Object.freeze({});

function placeText(place: ModbusPlace): string {
  const parts: string[] = [];
  if (place.line !== undefined) parts.push(`line ${place.line}`);
  if (place.unit !== undefined) parts.push(`unit ${place.unit}`);
  if (place.function !== undefined) parts.push(functionName(place.function));
  if (place.address !== undefined) parts.push(`at ${place.address}`);
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** What all Modbus errors have in common: they name their place. */
export abstract class ModbusError extends EdgeError implements ModbusPlace {
  readonly line: string | undefined;
  readonly unit: number | undefined;
  readonly function: number | undefined;
  readonly address: number | undefined;

  constructor(place: ModbusPlace, what: string, options?: ErrorOptions) {
    super(placeText(place) + what, options);
    this.line = place.line;
    this.unit = place.unit;
    this.function = place.function;
    this.address = place.address;
  }
}

/** Exception codes. Modbus Application Protocol V1.1b3 §7. */
export const ExceptionCode = {
  illegalFunction: 0x01,
  illegalDataAddress: 0x02,
  illegalDataValue: 0x03,
  serverDeviceFailure: 0x04,
  acknowledge: 0x05,
  serverDeviceBusy: 0x06,
  memoryParityError: 0x08,
  gatewayPathUnavailable: 0x0a,
  gatewayTargetFailedToRespond: 0x0b,
} as const;
export type ExceptionCode = (typeof ExceptionCode)[keyof typeof ExceptionCode];

const exceptionNames: Readonly<Record<number, string>> = Object.freeze({
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
});

/** The standard's name of an exception code; `unknown exception` for codes it does not define. */
export function exceptionName(exception: number): string {
  return exceptionNames[exception] ?? "unknown exception";
}

/** The device refused the request. Modbus Application Protocol V1.1b3 §7. */
export class ModbusException extends ModbusError {
  readonly code = "EDGE_MODBUS_EXCEPTION";
  readonly exception: number;
  /** The standard's name of the exception. */
  readonly exceptionName: string;

  constructor(exception: number, place: ModbusPlace = nowhere) {
    const name = exceptionName(exception);
    super(place, `the device answered with exception ${hexByte(exception)}, ${name}`);
    this.exception = exception;
    this.exceptionName = name;
  }
}

/** The device did not answer in time. */
export class ReplyTimeout extends ModbusError {
  readonly code = "EDGE_MODBUS_TIMEOUT";
  readonly timeout: Millis;

  constructor(timeout: Millis, place: ModbusPlace = nowhere) {
    super(place, `no reply within ${timeout} ms`);
    this.timeout = timeout;
  }
}

/** What came, or was to be sent, is not a reply to the request. */
export class ReplyMalformed extends ModbusError {
  readonly code = "EDGE_MODBUS_REPLY";

  /** @param what is wrong: what was found and what was expected */
  constructor(what: string, place: ModbusPlace = nowhere) {
    super(place, `not a reply to the request: ${what}`);
  }
}

/** The bytes are no Modbus frame: a wrong MBAP header ends a TCP connection, a wrong CRC loses one serial frame. */
export class FrameInvalid extends ModbusError {
  readonly code = "EDGE_MODBUS_FRAME";

  constructor(what: string, place: ModbusPlace = nowhere) {
    super(place, `not a Modbus frame: ${what}`);
  }
}

/** The request breaks the protocol's limits, so it is neither sent nor served. */
export class RequestInvalid extends ModbusError {
  readonly code = "EDGE_MODBUS_REQUEST";
  /** What a server answers such a request with. */
  readonly exception: ExceptionCode;

  constructor(exception: ExceptionCode, what: string, place: ModbusPlace = nowhere) {
    super(place, `not a valid request: ${what}`);
    this.exception = exception;
  }
}

/** There is no connection to the line just now. */
export class LineDown extends ModbusError {
  readonly code = "EDGE_LINE_DOWN";

  constructor(what: string, place: ModbusPlace = nowhere, options?: ErrorOptions) {
    super(place, `the line is down: ${what}`, options);
  }
}

/** The line's queue is full. */
export class LineBusy extends ModbusError {
  readonly code = "EDGE_LINE_BUSY";
  /** How many requests may wait. */
  readonly bound: number;

  constructor(bound: number, place: ModbusPlace = nowhere) {
    super(place, `the line is busy: ${bound} requests wait already`);
    this.bound = bound;
  }
}
