import fc from "fast-check";
import { FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { ModbusRequest } from "../../../shared/acquisition/modbus/modbus-request.ts";
import type { ModbusResponse } from "../../../shared/acquisition/modbus/modbus-response.ts";
import { packBits } from "../../../shared/acquisition/modbus/packed-bits.ts";

const word = fc.integer({ min: 0, max: 0xffff });
const byte = fc.integer({ min: 0, max: 0xff });

/** An address and a quantity that ends within the table. */
const range = (limit: number) =>
  fc
    .integer({ min: 1, max: limit })
    .chain((quantity) => fc.integer({ min: 0, max: 0x10000 - quantity }).map((address) => ({ address, quantity })));

const registerBytes = (count: number) => fc.uint8Array({ minLength: count * 2, maxLength: count * 2 });
const bitBytes = (count: number) => fc.array(fc.boolean(), { minLength: count, maxLength: count }).map(packBits);

/** Every request that the protocol allows. */
export const anyRequest: fc.Arbitrary<ModbusRequest> = fc.oneof(
  range(2000).chain((where) =>
    fc.constantFrom(FunctionCode.readCoils, FunctionCode.readDiscreteInputs).map((code) => ({ function: code, ...where })),
  ),
  range(125).chain((where) =>
    fc.constantFrom(FunctionCode.readHoldingRegisters, FunctionCode.readInputRegisters).map((code) => ({ function: code, ...where })),
  ),
  fc.record({ function: fc.constant(FunctionCode.writeSingleCoil), address: word, value: fc.boolean() }),
  fc.record({ function: fc.constant(FunctionCode.writeSingleRegister), address: word, value: word }),
  range(1968).chain((where) => bitBytes(where.quantity).map((bits) => ({ function: FunctionCode.writeMultipleCoils, ...where, bits }))),
  range(123).chain(({ address, quantity }) =>
    registerBytes(quantity).map((registers) => ({ function: FunctionCode.writeMultipleRegisters, address, registers })),
  ),
  fc.record({ function: fc.constant(FunctionCode.maskWriteRegister), address: word, and: word, or: word }),
  fc.tuple(range(125), range(121)).chain(([read, write]) =>
    registerBytes(write.quantity).map((registers) => ({
      function: FunctionCode.readWriteMultipleRegisters,
      ...read,
      writeAddress: write.address,
      registers,
    })),
  ),
  fc.record({ function: fc.constant(FunctionCode.encapsulatedInterface), level: fc.constantFrom(1, 2, 3, 4), object: byte }),
);

const identificationObject = fc.record({ id: byte, value: fc.uint8Array({ maxLength: 60 }) });

/** A reply that answers the request. */
export function anyResponseTo(request: ModbusRequest): fc.Arbitrary<ModbusResponse> {
  switch (request.function) {
    case FunctionCode.readCoils:
    case FunctionCode.readDiscreteInputs:
      return bitBytes(request.quantity).map((bits) => ({ function: request.function, bits }));
    case FunctionCode.readHoldingRegisters:
    case FunctionCode.readInputRegisters:
    case FunctionCode.readWriteMultipleRegisters:
      return registerBytes(request.quantity).map((registers) => ({ function: request.function, registers }));
    case FunctionCode.writeMultipleCoils:
      return fc.constant({ function: request.function, address: request.address, quantity: request.quantity });
    case FunctionCode.writeMultipleRegisters:
      return fc.constant({ function: request.function, address: request.address, quantity: request.registers.length / 2 });
    case FunctionCode.encapsulatedInterface: {
      const head = { function: request.function, level: request.level } as const;
      if (request.level === 4)
        return fc.tuple(byte, fc.uint8Array({ maxLength: 244 })).map(([conformity, value]) => ({
          ...head,
          conformity,
          objects: [{ id: request.object, value }],
        }));
      const objects = fc.uniqueArray(identificationObject, { maxLength: 3, selector: (object) => object.id });
      return fc.tuple(byte, objects, fc.boolean()).map(([conformity, unordered, more]) => {
        const ordered = unordered.sort((a, b) => a.id - b.id);
        const last = ordered.at(-1)?.id ?? 0xff;
        return more && last < 0xff ? { ...head, conformity, next: last + 1, objects: ordered } : { ...head, conformity, objects: ordered };
      });
    }
    default:
      return fc.constant(request);
  }
}

/** Bytes that are almost `valid`: one byte changed, cut off, or something added. */
export function almost(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.tuple(fc.nat(valid.length - 1), byte).map(([at, value]) => valid.with(at, value)),
    fc.nat(valid.length).map((end) => valid.subarray(0, end)),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((more) => Uint8Array.of(...valid, ...more)),
  );
}

/** The bytes of a hexadecimal string; spaces are for the reader. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
