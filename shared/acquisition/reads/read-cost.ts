import type { RegisterArea } from "../point-config.ts";
import { isBitArea } from "../values/value-type.ts";

export { isBitArea } from "../values/value-type.ts";

/** What reading takes, microseconds: a fixed share for each request and a share for each register or bit it carries. */
export interface ReadCost {
  readonly perRequest: number;
  readonly perRegister: number;
  readonly perBit: number;
}

/**
 * Modbus TCP on a local network. A request of one register and its reply are about 180 bytes with all headers, 14 µs at 100 Mbit/s; nearly all
 * of the time is the device, which answers from its scan or network task: 1 ms is a quick one. A register more is 2 bytes, 0.16 µs on the wire,
 * and a few microseconds in a small controller. So 250 registers cost as much as one request: every hole that fits is worth bridging.
 * A gateway to a slow serial line pays about one request for 15 registers; there, give its units smaller limits or forbid bridging.
 */
export const tcpReadCost: ReadCost = { perRequest: 1000, perRegister: 4, perBit: 0.25 };

/** What one register or bit of `area` costs, microseconds. */
export function costPerItem(area: RegisterArea, cost: ReadCost): number {
  return isBitArea(area) ? cost.perBit : cost.perRegister;
}

/** What a whole plan costs when its requests go one after the other, microseconds. */
export function planCost(plan: readonly { readonly area: RegisterArea; readonly quantity: number }[], cost: ReadCost): number {
  let sum = 0;
  for (const read of plan) sum += cost.perRequest + costPerItem(read.area, cost) * read.quantity;
  return sum;
}
