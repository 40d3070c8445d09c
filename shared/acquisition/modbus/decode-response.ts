import { decodeIdentification } from "./device-identification.ts";
import { type ModbusPlace, nowhere } from "./modbus-errors.ts";
import { FunctionCode } from "./modbus-function.ts";
import type { ModbusRequest } from "./modbus-request.ts";
import type { ModbusResponse } from "./modbus-response.ts";
import { refuseReply, replyData } from "./reply-data.ts";
import { readWord } from "./wire-word.ts";

/**
 * What a device answered, held against everything the request says: function, byte count, echoed address, quantity and values.
 * `bits` and `registers` are views of the PDU, not copies. Polls that need only the data use `replyData`.
 * @param place line and unit, to be named by an error
 * @throws {ModbusException} the device refused · {ReplyMalformed} the bytes do not answer the request
 * @see Modbus Application Protocol V1.1b3 §6, §7
 */
export function decodeResponse(request: ModbusRequest, pdu: Uint8Array, place: ModbusPlace = nowhere): ModbusResponse {
  switch (request.function) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
      return { function: request.function, bits: pdu.subarray(replyData(request, pdu, place)) };
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.readWriteMultipleRegisters:
      return { function: request.function, registers: pdu.subarray(replyData(request, pdu, place)) };
    case FunctionCode.writeSingleCoil:
      checkEcho(request, pdu, 5, request.value ? 0xff00 : 0, place);
      return { function: request.function, address: request.address, value: request.value };
    case FunctionCode.writeSingleRegister:
      checkEcho(request, pdu, 5, request.value, place);
      return { function: request.function, address: request.address, value: request.value };
    case FunctionCode.writeMultipleCoils:
      checkEcho(request, pdu, 5, request.quantity, place);
      return { function: request.function, address: request.address, quantity: request.quantity };
    case FunctionCode.writeMultipleRegisters: {
      const quantity = request.registers.length >> 1;
      checkEcho(request, pdu, 5, quantity, place);
      return { function: request.function, address: request.address, quantity };
    }
    case FunctionCode.maskWriteRegister:
      checkEcho(request, pdu, 7, request.and, place);
      if (readWord(pdu, 5) !== request.or) refuseReply(request, pdu, `or mask ${readWord(pdu, 5)} echoed, expected ${request.or}`, place);
      return { function: request.function, address: request.address, and: request.and, or: request.or };
    case FunctionCode.encapsulatedInterface:
      return decodeIdentification(request, pdu, place);
  }
}

type EchoedRequest = Extract<ModbusRequest, { readonly address: number }>;

/** Function, length, address and the word behind it must come back as sent. */
function checkEcho(request: EchoedRequest, pdu: Uint8Array, length: number, word: number, place: ModbusPlace): void {
  if (pdu[0] !== request.function || pdu.length !== length) refuseReply(request, pdu, `${pdu.length} bytes, expected ${length}`, place);
  const address = readWord(pdu, 1);
  if (address !== request.address) refuseReply(request, pdu, `address ${address} echoed, expected ${request.address}`, place);
  const echoed = readWord(pdu, 3);
  if (echoed !== word) refuseReply(request, pdu, `word ${echoed} echoed, expected ${word}`, place);
}
