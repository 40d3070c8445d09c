import { type ModbusPlace, nowhere } from "./modbus-errors.ts";
import { deviceIdentificationMei, FunctionCode } from "./modbus-function.ts";
import type { ModbusRequest } from "./modbus-request.ts";
import { checkRequest } from "./request-limits.ts";
import { writeWord } from "./wire-word.ts";

/**
 * The PDU of a request. The fill bits of a row of coils are sent as zeros, whatever `bits` holds there.
 * @param place line and unit, to be named by an error
 * @throws {RequestInvalid} a quantity, address or value beyond the protocol's limits
 * @see Modbus Application Protocol V1.1b3 §6
 */
export function encodeRequest(request: ModbusRequest, place: ModbusPlace = nowhere): Uint8Array {
  checkRequest(request, place);
  switch (request.function) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
      return header(5, request.function, request.address, request.quantity);
    case FunctionCode.writeSingleCoil:
      return header(5, request.function, request.address, request.value ? 0xff00 : 0);
    case FunctionCode.writeSingleRegister:
      return header(5, request.function, request.address, request.value);
    case FunctionCode.writeMultipleCoils: {
      const size = request.bits.length;
      const pdu = header(6 + size, request.function, request.address, request.quantity);
      pdu[5] = size;
      pdu.set(request.bits, 6);
      const used = request.quantity & 7;
      if (used !== 0) pdu[5 + size] = (pdu[5 + size] ?? 0) & ((1 << used) - 1);
      return pdu;
    }
    case FunctionCode.writeMultipleRegisters: {
      const size = request.registers.length;
      const pdu = header(6 + size, request.function, request.address, size >> 1);
      pdu[5] = size;
      pdu.set(request.registers, 6);
      return pdu;
    }
    case FunctionCode.maskWriteRegister: {
      const pdu = header(7, request.function, request.address, request.and);
      writeWord(pdu, 5, request.or);
      return pdu;
    }
    case FunctionCode.readWriteMultipleRegisters: {
      const size = request.registers.length;
      const pdu = header(10 + size, request.function, request.address, request.quantity);
      writeWord(pdu, 5, request.writeAddress);
      writeWord(pdu, 7, size >> 1);
      pdu[9] = size;
      pdu.set(request.registers, 10);
      return pdu;
    }
    case FunctionCode.encapsulatedInterface: {
      const pdu = new Uint8Array(4);
      pdu[0] = request.function;
      pdu[1] = deviceIdentificationMei;
      pdu[2] = request.level;
      pdu[3] = request.object;
      return pdu;
    }
  }
}

function header(size: number, code: number, first: number, second: number): Uint8Array {
  const pdu = new Uint8Array(size);
  pdu[0] = code;
  writeWord(pdu, 1, first);
  writeWord(pdu, 3, second);
  return pdu;
}
