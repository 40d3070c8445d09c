import { FunctionCode } from "./modbus-function.ts";

/**
 * How long the reply to a request will be if it is no exception, bytes with unit and checksum; `undefined` where the request does not tell.
 * @see Modbus Application Protocol V1.1b3 §6
 */
export function expectedReplyLength(request: Uint8Array): number | undefined {
  const quantity = ((request[3] ?? 0) << 8) | (request[4] ?? 0);
  switch (request[0]) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
      return 5 + ((quantity + 7) >> 3);
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.readWriteMultipleRegisters:
      return 5 + 2 * quantity;
    case FunctionCode.writeSingleCoil:
    case FunctionCode.writeSingleRegister:
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
      return 8;
    case FunctionCode.maskWriteRegister:
      return 10;
    default:
      return undefined;
  }
}

/** How many bytes of a request its reply repeats, from the function code on. Modbus Application Protocol V1.1b3 §6.5, §6.6, §6.11, §6.12, §6.16, §6.21. */
export function echoedLength(functionCode: number): number {
  switch (functionCode) {
    case FunctionCode.writeSingleCoil:
    case FunctionCode.writeSingleRegister:
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
      return 5;
    case FunctionCode.maskWriteRegister:
      return 7;
    case FunctionCode.encapsulatedInterface:
      return 2;
    default:
      return 1;
  }
}
