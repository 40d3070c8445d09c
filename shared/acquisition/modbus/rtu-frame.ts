import { crc16 } from "./crc16.ts";
import { FrameInvalid, type ModbusPlace, nowhere } from "./modbus-errors.ts";
import { pduLimit } from "./modbus-function.ts";

/** Unit, function and checksum. Modbus over Serial Line V1.02 §2.5.1. */
const minLength = 4;
/** The longest ADU on a serial line. Modbus over Serial Line V1.02 §2.5.1. */
export const rtuLimit = pduLimit + 3;

/**
 * A PDU between unit and checksum, as it goes onto a serial line.
 * @throws {FrameInvalid} a PDU that is empty or longer than 253 bytes
 * @see Modbus over Serial Line V1.02 §2.5.1
 */
export function encodeRtu(unit: number, pdu: Uint8Array): Uint8Array {
  if (pdu.length === 0 || pdu.length > pduLimit)
    throw new FrameInvalid(`a PDU of ${pdu.length} bytes, expected 1 to ${pduLimit}`, { unit });
  const end = pdu.length + 1;
  const adu = new Uint8Array(end + 2);
  adu[0] = unit;
  adu.set(pdu, 1);
  const crc = crc16(adu, 0, end);
  adu[end] = crc;
  adu[end + 1] = crc >> 8;
  return adu;
}

/**
 * The PDU of a serial frame, as a view of it; `adu[0]` is the unit.
 * @throws {FrameInvalid} not 4 to 256 bytes, or a wrong checksum
 * @see Modbus over Serial Line V1.02 §2.5.1
 */
export function decodeRtu(adu: Uint8Array, place: ModbusPlace = nowhere): Uint8Array {
  if (adu.length < minLength || adu.length > rtuLimit)
    throw new FrameInvalid(`${adu.length} bytes, expected ${minLength} to ${rtuLimit}`, place);
  const end = adu.length - 2;
  const found = (adu[end] ?? 0) | ((adu[end + 1] ?? 0) << 8);
  const expected = crc16(adu, 0, end);
  if (found !== expected) throw new FrameInvalid(`checksum ${found}, expected ${expected}`, place);
  return adu.subarray(1, end);
}
