import { ExceptionCode, type ModbusPlace, RequestInvalid } from "./modbus-errors.ts";
import { FunctionCode, QuantityLimit } from "./modbus-function.ts";
import type { ModbusRequest } from "./modbus-request.ts";

/** Addresses in each of a unit's four tables. Modbus Application Protocol V1.1b3 §4.3. */
const addressCount = 0x10000;

/**
 * Holds a request against the protocol's limits: quantities, addresses, words.
 * @throws {RequestInvalid} with the exception code that the standard's state diagrams give: 03 for quantities and values, 02 for addresses
 * @see Modbus Application Protocol V1.1b3 §6.1–§6.21
 */
export function checkRequest(request: ModbusRequest, place: ModbusPlace): void {
  switch (request.function) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
      checkRange(request.function, "", request.address, request.quantity, QuantityLimit.readBits, place);
      return;
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
      checkRange(request.function, "", request.address, request.quantity, QuantityLimit.readRegisters, place);
      return;
    case FunctionCode.writeSingleCoil:
      checkRange(request.function, "", request.address, 1, 1, place);
      return;
    case FunctionCode.writeSingleRegister:
      checkRange(request.function, "", request.address, 1, 1, place);
      checkWord(request.function, "value", request.address, request.value, place);
      return;
    case FunctionCode.writeMultipleCoils:
      checkRange(request.function, "", request.address, request.quantity, QuantityLimit.writeBits, place);
      if (request.bits.length !== (request.quantity + 7) >> 3)
        refuse(request.function, request.address, `${request.bits.length} bytes for ${request.quantity} coils`, place);
      return;
    case FunctionCode.writeMultipleRegisters:
      checkRange(request.function, "", request.address, request.registers.length / 2, QuantityLimit.writeRegisters, place);
      return;
    case FunctionCode.maskWriteRegister:
      checkRange(request.function, "", request.address, 1, 1, place);
      checkWord(request.function, "and mask", request.address, request.and, place);
      checkWord(request.function, "or mask", request.address, request.or, place);
      return;
    case FunctionCode.readWriteMultipleRegisters: {
      checkRange(request.function, "read ", request.address, request.quantity, QuantityLimit.readRegisters, place);
      const written = request.registers.length / 2;
      checkRange(request.function, "write ", request.writeAddress, written, QuantityLimit.readWriteRegisters, place);
      return;
    }
    case FunctionCode.encapsulatedInterface:
      if (!(request.level >= 1 && request.level <= 4))
        refuse(request.function, undefined, `identification level ${request.level}, expected 1 to 4`, place);
      if (!isInteger(request.object, 0xff)) refuse(request.function, undefined, `object ${request.object}, expected 0 to 255`, place);
      return;
  }
}

function isInteger(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function refuse(code: number, address: number | undefined, what: string, place: ModbusPlace): never {
  throw new RequestInvalid(ExceptionCode.illegalDataValue, what, { ...place, function: code, address });
}

function checkWord(code: number, name: string, address: number, value: number, place: ModbusPlace): void {
  if (!isInteger(value, 0xffff)) refuse(code, address, `${name} ${value}, expected 0 to 65535`, place);
}

function checkRange(code: number, kind: string, address: number, quantity: number, limit: number, place: ModbusPlace): void {
  if (!isInteger(quantity, limit) || quantity === 0) refuse(code, address, `${kind}quantity ${quantity}, expected 1 to ${limit}`, place);
  if (isInteger(address, 0xffff) && address + quantity <= addressCount) return;
  const what = `${kind}address ${address} and quantity ${quantity} reach beyond address 65535`;
  throw new RequestInvalid(ExceptionCode.illegalDataAddress, what, { ...place, function: code, address });
}
