import { FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";

/** True for functions that may be asked of all units at once: writes, since nobody answers. Modbus over Serial Line V1.02 §2.1. */
export function mayBroadcast(functionCode: number): boolean {
  switch (functionCode) {
    case FunctionCode.writeSingleCoil:
    case FunctionCode.writeSingleRegister:
    case FunctionCode.writeMultipleCoils:
    case FunctionCode.writeMultipleRegisters:
    case FunctionCode.maskWriteRegister:
      return true;
    default:
      return false;
  }
}

/** The reply PDU that a unit which obeyed a write would give. Modbus Application Protocol V1.1b3 §6.5, §6.6, §6.11, §6.12, §6.16. */
export function broadcastEcho(request: Uint8Array): Uint8Array {
  const many = request[0] === FunctionCode.writeMultipleCoils || request[0] === FunctionCode.writeMultipleRegisters;
  return request.slice(0, many ? 5 : request.length);
}
