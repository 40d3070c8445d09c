import type { FunctionCode } from "./modbus-function.ts";
import type {
  IdentificationLevel,
  MaskWriteRegister,
  ReadBits,
  ReadRegisters,
  ReadWriteRegisters,
  WriteSingleCoil,
  WriteSingleRegister,
} from "./modbus-request.ts";

/** Coils or discrete inputs as read. Modbus Application Protocol V1.1b3 §6.1, §6.2. */
export interface BitsRead {
  readonly function: ReadBits["function"];
  /** Eight to a byte, the first in the least significant bit of the first byte. */
  readonly bits: Uint8Array;
}

/** Registers as read. §6.3, §6.4, §6.17. */
export interface RegistersRead {
  readonly function: ReadRegisters["function"] | ReadWriteRegisters["function"];
  /** Two bytes for each register, high byte first. */
  readonly registers: Uint8Array;
}

/** How many coils or registers were written, and where. §6.11, §6.12. */
export interface RowWritten {
  readonly function: typeof FunctionCode.writeMultipleCoils | typeof FunctionCode.writeMultipleRegisters;
  readonly address: number;
  readonly quantity: number;
}

/** One thing a device says about itself. §6.21. */
export interface IdentificationObject {
  /** 0x00–0x02 basic, 0x03–0x7f regular, 0x80–0xff extended. */
  readonly id: number;
  readonly value: Uint8Array;
}

/** What a device says about itself, or a part of it. §6.21. */
export interface DeviceIdentification {
  readonly function: typeof FunctionCode.encapsulatedInterface;
  readonly level: IdentificationLevel;
  /** What the device knows to answer: 1, 2 or 3, plus 0x80 where it also answers for single objects. */
  readonly conformity: number;
  /** The object to ask for next, where more follow. */
  readonly next?: number;
  readonly objects: readonly IdentificationObject[];
}

/** A reply that is no exception, told apart by `function`. Single writes answer with an echo of the request. */
export type ModbusResponse =
  | BitsRead
  | RegistersRead
  | WriteSingleCoil
  | WriteSingleRegister
  | RowWritten
  | MaskWriteRegister
  | DeviceIdentification;
