import { ExceptionCode, type ModbusPlace, nowhere, RequestInvalid } from "./modbus-errors.ts";
import { deviceIdentificationMei, FunctionCode, hexByte } from "./modbus-function.ts";
import { IdentificationLevel, type ModbusRequest } from "./modbus-request.ts";
import { checkRequest } from "./request-limits.ts";
import { readWord } from "./wire-word.ts";

/**
 * The request that a PDU holds, as a server reads it; `bits` and `registers` are views of the PDU, not copies.
 * @throws {RequestInvalid} its `exception` is what to answer: 01 unknown function, 02 address, 03 length, quantity or value
 * @see Modbus Application Protocol V1.1b3 §6
 */
export function decodeRequest(pdu: Uint8Array, place: ModbusPlace = nowhere): ModbusRequest {
  const request = parseRequest(pdu, place);
  checkRequest(request, place);
  return request;
}

function parseRequest(pdu: Uint8Array, place: ModbusPlace): ModbusRequest {
  const code = pdu[0];
  switch (code) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
      checkLength(pdu, 5, place);
      return { function: code, address: readWord(pdu, 1), quantity: readWord(pdu, 3) };
    case FunctionCode.writeSingleCoil: {
      checkLength(pdu, 5, place);
      const value = readWord(pdu, 3);
      if (value !== 0 && value !== 0xff00) throw invalid(code, `coil value ${value}, expected 0 or 65280`, place);
      return { function: code, address: readWord(pdu, 1), value: value !== 0 };
    }
    case FunctionCode.writeSingleRegister:
      checkLength(pdu, 5, place);
      return { function: code, address: readWord(pdu, 1), value: readWord(pdu, 3) };
    case FunctionCode.writeMultipleCoils: {
      checkLength(pdu, 6 + (pdu[5] ?? 0), place);
      return { function: code, address: readWord(pdu, 1), quantity: readWord(pdu, 3), bits: pdu.subarray(6) };
    }
    case FunctionCode.writeMultipleRegisters: {
      checkLength(pdu, 6 + (pdu[5] ?? 0), place);
      checkCount(pdu, 3, 5, place);
      return { function: code, address: readWord(pdu, 1), registers: pdu.subarray(6) };
    }
    case FunctionCode.maskWriteRegister:
      checkLength(pdu, 7, place);
      return { function: code, address: readWord(pdu, 1), and: readWord(pdu, 3), or: readWord(pdu, 5) };
    case FunctionCode.readWriteMultipleRegisters: {
      checkLength(pdu, 10 + (pdu[9] ?? 0), place);
      checkCount(pdu, 7, 9, place);
      const registers = pdu.subarray(10);
      return { function: code, address: readWord(pdu, 1), quantity: readWord(pdu, 3), writeAddress: readWord(pdu, 5), registers };
    }
    case FunctionCode.encapsulatedInterface: {
      const mei = pdu[1];
      if (mei !== undefined && mei !== deviceIdentificationMei) {
        const what = `encapsulated interface ${hexByte(mei)}, expected 0x0e`;
        throw new RequestInvalid(ExceptionCode.illegalFunction, what, { ...place, function: code });
      }
      checkLength(pdu, 4, place);
      return { function: code, level: levelOf(pdu[2] ?? 0, place), object: pdu[3] ?? 0 };
    }
    case undefined:
      throw new RequestInvalid(ExceptionCode.illegalFunction, "an empty PDU", place);
    default:
      throw new RequestInvalid(ExceptionCode.illegalFunction, "a function that is not served", { ...place, function: code });
  }
}

function levelOf(code: number, place: ModbusPlace): IdentificationLevel {
  for (const level of Object.values(IdentificationLevel)) if (level === code) return level;
  throw invalid(FunctionCode.encapsulatedInterface, `identification level ${code}, expected 1 to 4`, place);
}

function invalid(code: number, what: string, place: ModbusPlace): RequestInvalid {
  return new RequestInvalid(ExceptionCode.illegalDataValue, what, { ...place, function: code });
}

function checkLength(pdu: Uint8Array, expected: number, place: ModbusPlace): void {
  if (pdu.length !== expected) throw invalid(pdu[0] ?? 0, `${pdu.length} bytes long, expected ${expected}`, place);
}

function checkCount(pdu: Uint8Array, quantityAt: number, countAt: number, place: ModbusPlace): void {
  const quantity = readWord(pdu, quantityAt);
  const count = pdu[countAt] ?? 0;
  if (count !== quantity * 2) throw invalid(pdu[0] ?? 0, `${count} bytes for ${quantity} registers`, place);
}
