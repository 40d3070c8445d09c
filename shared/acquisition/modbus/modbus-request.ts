import type { FunctionCode } from "./modbus-function.ts";

/** Reads coils or discrete inputs. Modbus Application Protocol V1.1b3 §6.1, §6.2. */
export interface ReadBits {
  readonly function: typeof FunctionCode.readCoils | typeof FunctionCode.readDiscreteInputs;
  readonly address: number;
  /** 1 to 2000. */
  readonly quantity: number;
}

/** Reads holding or input registers. §6.3, §6.4. */
export interface ReadRegisters {
  readonly function: typeof FunctionCode.readHoldingRegisters | typeof FunctionCode.readInputRegisters;
  readonly address: number;
  /** 1 to 125. */
  readonly quantity: number;
}

/** Switches one coil. §6.5. */
export interface WriteSingleCoil {
  readonly function: typeof FunctionCode.writeSingleCoil;
  readonly address: number;
  readonly value: boolean;
}

/** Writes one holding register. §6.6. */
export interface WriteSingleRegister {
  readonly function: typeof FunctionCode.writeSingleRegister;
  readonly address: number;
  /** 0 to 65535. */
  readonly value: number;
}

/** Switches a row of coils. §6.11. */
export interface WriteMultipleCoils {
  readonly function: typeof FunctionCode.writeMultipleCoils;
  readonly address: number;
  /** 1 to 1968. */
  readonly quantity: number;
  /** Eight coils to a byte, the first in the least significant bit of the first byte. */
  readonly bits: Uint8Array;
}

/** Writes a row of holding registers. §6.12. */
export interface WriteMultipleRegisters {
  readonly function: typeof FunctionCode.writeMultipleRegisters;
  readonly address: number;
  /** Two bytes for each of 1 to 123 registers, high byte first. */
  readonly registers: Uint8Array;
}

/** Changes single bits of a holding register to `(current AND and) OR (or AND NOT and)`. §6.16. */
export interface MaskWriteRegister {
  readonly function: typeof FunctionCode.maskWriteRegister;
  readonly address: number;
  readonly and: number;
  readonly or: number;
}

/** Writes a row of holding registers, then reads another. §6.17. */
export interface ReadWriteRegisters {
  readonly function: typeof FunctionCode.readWriteMultipleRegisters;
  /** First register to read. */
  readonly address: number;
  /** Registers to read, 1 to 125. */
  readonly quantity: number;
  readonly writeAddress: number;
  /** Two bytes for each of 1 to 121 registers to write, high byte first. */
  readonly registers: Uint8Array;
}

/** Which objects Read Device Identification asks for. §6.21. */
export const IdentificationLevel = { basic: 1, regular: 2, extended: 3, specific: 4 } as const;
export type IdentificationLevel = (typeof IdentificationLevel)[keyof typeof IdentificationLevel];

/** Asks what the device is: function 43, interface 14. §6.21. */
export interface ReadDeviceIdentification {
  readonly function: typeof FunctionCode.encapsulatedInterface;
  readonly level: IdentificationLevel;
  /** Where to start or, for `specific`, the one object wanted; 0 to 255. */
  readonly object: number;
}

/** A read whose reply is two bytes and then nothing but data. */
export type DataRequest = ReadBits | ReadRegisters | ReadWriteRegisters;

/** A request, told apart by `function`. */
export type ModbusRequest =
  | DataRequest
  | WriteSingleCoil
  | WriteSingleRegister
  | WriteMultipleCoils
  | WriteMultipleRegisters
  | MaskWriteRegister
  | ReadDeviceIdentification;
