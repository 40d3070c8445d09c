import { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";

const mostBitsRead = 2000;
const mostRegistersRead = 125;
const mostBitsWritten = 1968;
const mostRegistersWritten = 123;
const mostRegistersWrittenInExchange = 121;

const word = (pdu: Uint8Array, at: number): number => ((pdu[at] ?? 0) << 8) | (pdu[at + 1] ?? 0);
const within = (count: number, most: number): boolean => count >= 1 && count <= most;

/** True when the byte count at `at` fits `bytes` of data that end the request. */
const endsWith = (pdu: Uint8Array, at: number, bytes: number): boolean => pdu[at] === bytes && pdu.length === at + 1 + bytes;

function isWellFormed(pdu: Uint8Array): boolean {
  const quantity = word(pdu, 3);
  switch (pdu[0]) {
    case 1:
    case 2:
      return pdu.length === 5 && within(quantity, mostBitsRead);
    case 3:
    case 4:
      return pdu.length === 5 && within(quantity, mostRegistersRead);
    case 5:
      return pdu.length === 5 && (quantity === 0 || quantity === 0xff00);
    case 6:
      return pdu.length === 5;
    case 15:
      return within(quantity, mostBitsWritten) && endsWith(pdu, 5, Math.ceil(quantity / 8));
    case 16:
      return within(quantity, mostRegistersWritten) && endsWith(pdu, 5, quantity * 2);
    case 22:
      return pdu.length === 7;
    case 23:
      return (
        within(quantity, mostRegistersRead) && within(word(pdu, 7), mostRegistersWrittenInExchange) && endsWith(pdu, 9, word(pdu, 7) * 2)
      );
    default:
      return pdu.length === 4 && within(pdu[2] ?? 0, 4);
  }
}

const knownFunctions = [1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43];
const readDeviceIdentification = 0x0e;

/** The exception that a request PDU earns before any address is looked at, `undefined` when it is well formed. Modbus Application Protocol V1.1b3 §6. */
export function checkRequest(pdu: Uint8Array): ExceptionCode | undefined {
  if (!knownFunctions.includes(pdu[0] ?? 0)) return ExceptionCode.illegalFunction;
  if (pdu[0] === 43 && pdu[1] !== readDeviceIdentification) return ExceptionCode.illegalFunction;
  return isWellFormed(pdu) ? undefined : ExceptionCode.illegalDataValue;
}
