import { ExceptionCode, RequestInvalid } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { pduLimit } from "../../../shared/acquisition/modbus/modbus-function.ts";

/** Why no frame can carry a request, or `undefined`. @param line id of the line, to be named */
export function unfitRequest(line: string, unit: number, pdu: Uint8Array): RequestInvalid | undefined {
  if (pdu.length >= 1 && pdu.length <= pduLimit && Number.isInteger(unit) && unit >= 0 && unit <= 255) return undefined;
  const what = `unit ${unit}, PDU of ${pdu.length} bytes; expected a unit of 0 to 255 and a PDU of 1 to ${pduLimit} bytes`;
  return new RequestInvalid(ExceptionCode.illegalDataValue, what, { line });
}
