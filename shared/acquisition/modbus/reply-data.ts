import { ModbusException, type ModbusPlace, nowhere, ReplyMalformed } from "./modbus-errors.ts";
import { exceptionFlag, FunctionCode, functionName } from "./modbus-function.ts";
import type { DataRequest, ModbusRequest } from "./modbus-request.ts";

/** Where the data of every read reply starts in its PDU: behind the function code and the byte count. */
const dataOffset = 2;

/** How many data bytes the reply to a read must carry. */
export function replyDataLength(request: DataRequest): number {
  return request.function === FunctionCode.readCoils || request.function === FunctionCode.readDiscreteInputs
    ? (request.quantity + 7) >> 3
    : request.quantity * 2;
}

/**
 * Checks the reply to a read and gives the offset of its data in the PDU, so that polls decode in place and build nothing.
 * The data is `replyDataLength(request)` bytes long and ends the PDU.
 * @param place line and unit, to be named by an error
 * @throws {ModbusException} the device refused · {ReplyMalformed} the bytes do not answer the request
 * @see Modbus Application Protocol V1.1b3 §6.1–§6.4, §6.17
 */
export function replyData(request: DataRequest, pdu: Uint8Array, place: ModbusPlace = nowhere): number {
  const length = replyDataLength(request);
  if (pdu[0] === request.function && pdu[1] === length && pdu.length === length + dataOffset) return dataOffset;
  return refuseReply(request, pdu, `byte count ${pdu[1]} in ${pdu.length} bytes, expected ${length} in ${length + dataOffset}`, place);
}

/**
 * Says why a PDU is not the wanted reply.
 * @param what is wrong with it when it is neither an exception nor the reply to another function
 * @throws {ModbusException} {ReplyMalformed} always one of them
 */
export function refuseReply(request: ModbusRequest, pdu: Uint8Array, what: string, place: ModbusPlace): never {
  const at: ModbusPlace = { ...place, function: request.function, address: "address" in request ? request.address : undefined };
  const code = pdu[0];
  const exception = pdu[1];
  if (code === undefined) throw new ReplyMalformed("an empty PDU", at);
  if (code === (request.function | exceptionFlag) && exception !== undefined && pdu.length === 2) throw new ModbusException(exception, at);
  if (code === (request.function | exceptionFlag)) throw new ReplyMalformed(`an exception of ${pdu.length} bytes, expected 2`, at);
  if (code !== request.function) throw new ReplyMalformed(`it answers ${functionName(code)}`, at);
  throw new ReplyMalformed(what, at);
}
