import { FunctionCode } from "./modbus/modbus-function.ts";
import type {
  MaskWriteRegister,
  WriteMultipleCoils,
  WriteMultipleRegisters,
  WriteSingleCoil,
  WriteSingleRegister,
} from "./modbus/modbus-request.ts";
import { bitAt } from "./modbus/packed-bits.ts";
import { readWord } from "./modbus/wire-word.ts";
import type { ResolvedLayout } from "./resolve-point.ts";
import type { PointValue } from "./sample.ts";
import type { ValueCodec } from "./values/value-codec.ts";

/** A request that changes something. */
export type WriteRequest = WriteSingleCoil | WriteSingleRegister | WriteMultipleCoils | WriteMultipleRegisters | MaskWriteRegister;

/**
 * The one request that writes `value` to a point: single writes where one coil or register is meant, since every device knows them.
 * A bit or a half of a register is changed by mask, so that the rest of the register stays as it is.
 * @throws {ValueOutOfRange} {ValueTypeMismatch}
 * @see Modbus Application Protocol V1.1b3 §6.5, §6.6, §6.11, §6.12, §6.16
 */
export function writeRequest(layout: ResolvedLayout, codec: ValueCodec, value: PointValue): WriteRequest {
  const { address } = layout;
  if (codec.mask !== undefined) return { function: FunctionCode.maskWriteRegister, address, ...codec.mask(value) };
  const bytes = codec.encode(value);
  if (layout.area === "coil") {
    return codec.span === 1
      ? { function: FunctionCode.writeSingleCoil, address, value: bitAt(bytes, 0) }
      : { function: FunctionCode.writeMultipleCoils, address, quantity: codec.span, bits: bytes };
  }
  return codec.span === 1
    ? { function: FunctionCode.writeSingleRegister, address, value: readWord(bytes, 0) }
    : { function: FunctionCode.writeMultipleRegisters, address, registers: bytes };
}
