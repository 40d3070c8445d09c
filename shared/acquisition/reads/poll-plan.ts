import { encodeRequest } from "../modbus/encode-request.ts";
import { FunctionCode } from "../modbus/modbus-function.ts";
import type { ReadBits, ReadRegisters } from "../modbus/modbus-request.ts";
import type { RegisterArea } from "../point-config.ts";
import { type PlannedRead, planReads, type ReadLimits, type WantedRange } from "./plan-reads.ts";
import { isBitArea, type ReadCost } from "./read-cost.ts";

/** What a poll needs to know of a value: where it lies. */
export interface PolledValue {
  readonly area: RegisterArea;
  readonly address: number;
  /** Registers or bits. */
  readonly span: number;
}

/** One request of a poll, ready to be sent as often as wanted, and where in its reply each value begins. */
export interface PollRead<Value extends PolledValue> {
  readonly request: ReadBits | ReadRegisters;
  /** The encoded request. */
  readonly pdu: Uint8Array;
  readonly values: readonly Value[];
  /** By value: byte offset in the reply's data for registers, bit offset for bits. */
  readonly offsets: readonly number[];
}

const readFunction = {
  coil: FunctionCode.readCoils,
  discrete: FunctionCode.readDiscreteInputs,
  input: FunctionCode.readInputRegisters,
  holding: FunctionCode.readHoldingRegisters,
} as const;

/** The cheapest requests that read all `values`. @throws {RangeTooLarge} */
export function planPoll<Value extends PolledValue>(values: readonly Value[], limits: ReadLimits, cost: ReadCost): PollRead<Value>[] {
  const wanted: readonly WantedRange[] = values;
  return planReads(wanted, limits, cost).map((planned) => pollRead(planned, values));
}

/** One request for `values`, which lie within `quantity` registers or bits from `address`. */
export function pollReadOf<Value extends PolledValue>(
  place: { readonly area: RegisterArea; readonly address: number; readonly quantity: number },
  values: readonly Value[],
): PollRead<Value> {
  return pollRead({ ...place, wanted: values.map((_, index) => index) }, values);
}

function pollRead<Value extends PolledValue>(planned: PlannedRead, all: readonly Value[]): PollRead<Value> {
  const { area, address, quantity } = planned;
  const request: ReadBits | ReadRegisters = { function: readFunction[area], address, quantity };
  const values = planned.wanted.flatMap((index) => all[index] ?? []);
  const itemSize = isBitArea(area) ? 1 : 2;
  return { request, pdu: encodeRequest(request), values, offsets: values.map((value) => (value.address - address) * itemSize) };
}
