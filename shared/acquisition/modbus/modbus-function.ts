/** Function codes that Penstock speaks. Modbus Application Protocol V1.1b3 §6. */
export const FunctionCode = {
  readCoils: 0x01,
  readDiscreteInputs: 0x02,
  readHoldingRegisters: 0x03,
  readInputRegisters: 0x04,
  writeSingleCoil: 0x05,
  writeSingleRegister: 0x06,
  writeMultipleCoils: 0x0f,
  writeMultipleRegisters: 0x10,
  maskWriteRegister: 0x16,
  readWriteMultipleRegisters: 0x17,
  encapsulatedInterface: 0x2b,
} as const;
export type FunctionCode = (typeof FunctionCode)[keyof typeof FunctionCode];

/** The one encapsulated interface in use: Read Device Identification. Modbus Application Protocol V1.1b3 §6.21. */
export const deviceIdentificationMei = 0x0e;

/** Set in the function code of an exception reply. Modbus Application Protocol V1.1b3 §7. */
export const exceptionFlag = 0x80;

/** The longest PDU, bytes. Modbus Application Protocol V1.1b3 §4.1. */
export const pduLimit = 253;

/** The largest quantities that one request may name. Modbus Application Protocol V1.1b3 §6.1, §6.3, §6.11, §6.12, §6.17. */
export const QuantityLimit = Object.freeze({
  readBits: 2000,
  readRegisters: 125,
  writeBits: 1968,
  writeRegisters: 123,
  /** Registers written by a request that also reads. */
  readWriteRegisters: 121,
});

const functionNames: Readonly<Record<number, string>> = Object.freeze({
  1: "read coils",
  2: "read discrete inputs",
  3: "read holding registers",
  4: "read input registers",
  5: "write single coil",
  6: "write single register",
  15: "write multiple coils",
  16: "write multiple registers",
  22: "mask write register",
  23: "read/write multiple registers",
  43: "encapsulated interface",
});

/** What a function code is called, and the code: for logs. */
export function functionName(code: number): string {
  return `${functionNames[code] ?? "unknown function"} (${hexByte(code)})`;
}

/** A byte as `0x0a`. */
export function hexByte(value: number): string {
  return `0x${value < 16 ? "0" : ""}${value.toString(16)}`;
}
