import type { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import type { RegisterBank } from "./register-bank.ts";

const maskWriteRegister = 22;
const readWriteRegisters = 23;

/** True for the functions that {@link exchangeRegisters} serves. */
export const isExchange = (pdu: Uint8Array): boolean => pdu[0] === maskWriteRegister || pdu[0] === readWriteRegisters;

/**
 * Serves function 22 (mask write register) and 23 (read/write multiple registers).
 * @param pdu a well-formed request
 * @returns the reply PDU, or the exception
 * @see Modbus Application Protocol V1.1b3 §6.16, §6.17
 */
export function exchangeRegisters(bank: RegisterBank, pdu: Uint8Array): Uint8Array | ExceptionCode {
  const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.byteLength);
  const address = view.getUint16(1);
  if (pdu[0] === maskWriteRegister) {
    const current = bank.read("holding", address, 1);
    if (typeof current === "number") return current;
    const and = view.getUint16(3);
    const refusal = bank.write("holding", address, [((current[0] ?? 0) & and) | (view.getUint16(5) & ~and & 0xffff)]);
    return refusal ?? pdu.slice();
  }
  const written = Array.from({ length: view.getUint16(7) }, (_, index) => view.getUint16(10 + index * 2));
  const unreadable = bank.read("holding", address, view.getUint16(3));
  if (typeof unreadable === "number") return unreadable;
  const refusal = bank.write("holding", view.getUint16(5), written);
  if (refusal !== undefined) return refusal;
  const words = bank.read("holding", address, view.getUint16(3));
  return typeof words === "number"
    ? words
    : Uint8Array.of(readWriteRegisters, words.length * 2, ...words.flatMap((word) => [word >> 8, word & 255]));
}
