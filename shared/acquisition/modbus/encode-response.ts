import { encodeIdentification } from "./device-identification.ts";
import { ReplyMalformed } from "./modbus-errors.ts";
import { exceptionFlag, FunctionCode, QuantityLimit } from "./modbus-function.ts";
import type { ModbusResponse } from "./modbus-response.ts";
import { writeWord } from "./wire-word.ts";

const dataLimit = QuantityLimit.readRegisters * 2;

/**
 * The PDU of a response, as a server sends it.
 * @throws {ReplyMalformed} more data than a PDU holds, or half a register
 * @see Modbus Application Protocol V1.1b3 §6
 */
export function encodeResponse(response: ModbusResponse): Uint8Array {
  switch (response.function) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
      return dataReply(response.function, response.bits);
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.readWriteMultipleRegisters:
      if (response.registers.length % 2 !== 0)
        throw new ReplyMalformed(`${response.registers.length} bytes are no whole registers`, { function: response.function });
      return dataReply(response.function, response.registers);
    case FunctionCode.writeSingleCoil:
      return echo(5, response.function, response.address, response.value ? 0xff00 : 0);
    case FunctionCode.writeSingleRegister:
      return echo(5, response.function, response.address, response.value);
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
      return echo(5, response.function, response.address, response.quantity);
    case FunctionCode.maskWriteRegister: {
      const pdu = echo(7, response.function, response.address, response.and);
      writeWord(pdu, 5, response.or);
      return pdu;
    }
    case FunctionCode.encapsulatedInterface:
      return encodeIdentification(response);
  }
}

/** The PDU by which a server refuses a request. @see Modbus Application Protocol V1.1b3 §7 */
export function encodeException(functionCode: number, exception: number): Uint8Array {
  const pdu = new Uint8Array(2);
  pdu[0] = functionCode | exceptionFlag;
  pdu[1] = exception;
  return pdu;
}

function dataReply(code: number, data: Uint8Array): Uint8Array {
  if (data.length === 0 || data.length > dataLimit)
    throw new ReplyMalformed(`${data.length} bytes of data, expected 1 to ${dataLimit}`, { function: code });
  const pdu = new Uint8Array(2 + data.length);
  pdu[0] = code;
  pdu[1] = data.length;
  pdu.set(data, 2);
  return pdu;
}

function echo(size: number, code: number, first: number, second: number): Uint8Array {
  const pdu = new Uint8Array(size);
  pdu[0] = code;
  writeWord(pdu, 1, first);
  writeWord(pdu, 3, second);
  return pdu;
}
