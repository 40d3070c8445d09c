import { deviceIdentificationMei, exceptionFlag, FunctionCode } from "./modbus-function.ts";
import { rtuLimit } from "./rtu-frame.ts";

/**
 * How long a serial frame will be once all of it is there, bytes with unit and checksum: a number, or
 * `more` while the bytes so far do not tell, or `silence` when they never will and only the silent interval ends the frame.
 */
export type RtuLength = number | "more" | "silence";

/**
 * The length of the request that begins with the first `have` of `bytes`.
 * @see Modbus Application Protocol V1.1b3 §6
 */
export function rtuRequestLength(bytes: Uint8Array, have: number = bytes.length): RtuLength {
  if (have < 2) return "more";
  switch (bytes[1]) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.writeSingleCoil:
    case FunctionCode.writeSingleRegister:
      return 8;
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
      return counted(bytes, have, 6);
    case FunctionCode.maskWriteRegister:
      return 10;
    case FunctionCode.readWriteMultipleRegisters:
      return counted(bytes, have, 10);
    case FunctionCode.encapsulatedInterface:
      if (have < 3) return "more";
      return bytes[2] === deviceIdentificationMei ? 7 : "silence";
    default:
      return "silence";
  }
}

/**
 * The length of the reply that begins with the first `have` of `bytes`, exceptions included.
 * @see Modbus Application Protocol V1.1b3 §6, §7
 */
export function rtuReplyLength(bytes: Uint8Array, have: number = bytes.length): RtuLength {
  if (have < 2) return "more";
  const code = bytes[1] ?? 0;
  if ((code & exceptionFlag) !== 0) return 5;
  switch (code) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.readWriteMultipleRegisters:
      return counted(bytes, have, 2);
    case FunctionCode.writeSingleCoil:
    case FunctionCode.writeSingleRegister:
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
      return 8;
    case FunctionCode.maskWriteRegister:
      return 10;
    case FunctionCode.encapsulatedInterface:
      if (have < 3) return "more";
      return bytes[2] === deviceIdentificationMei ? identificationLength(bytes, have) : "silence";
    default:
      return "silence";
  }
}

/** A frame whose byte at `countAt` says how many follow it before the checksum. */
function counted(bytes: Uint8Array, have: number, countAt: number): RtuLength {
  return have <= countAt ? "more" : possible(countAt + 1 + (bytes[countAt] ?? 0) + 2);
}

/** Object count at 7, then for each object its id, its length and that many bytes. */
function identificationLength(bytes: Uint8Array, have: number): RtuLength {
  if (have < 8) return "more";
  let at = 8;
  for (let left = bytes[7] ?? 0; left > 0; left--) {
    if (at > rtuLimit) return "silence";
    if (have < at + 2) return "more";
    at += 2 + (bytes[at + 1] ?? 0);
  }
  return possible(at + 2);
}

function possible(length: number): RtuLength {
  return length > rtuLimit ? "silence" : length;
}
