import type { LineScript } from "./scripted-line.ts";

/** What a unit does not take. */
export interface UnitBounds {
  /** Largest read of registers, and of bits. */
  registers: number;
  bits: number;
  /** Addresses that are not there, in all areas. */
  readonly missing: Set<number>;
  /** No read may hold both the address before and this one. */
  readonly borders?: readonly number[];
  /** Says nothing to what is too large, instead of refusing it. */
  readonly silent?: boolean;
}

/** A unit whose registers hold their own addresses and whose bits are all set, with bounds that may change while it runs. */
export function limitedUnit(bounds: UnitBounds): LineScript {
  return (_unit, request) => {
    const [code = 0, high = 0, low = 0, more = 0, less = 0] = request;
    const [address, quantity] = [high * 256 + low, more * 256 + less];
    const bits = code <= 2;
    if (quantity > (bits ? bounds.bits : bounds.registers)) return bounds.silent === true ? "timeout" : [code | 0x80, 3];
    for (let at = address; at < address + quantity; at += 1) if (bounds.missing.has(at)) return [code | 0x80, 2];
    if (bounds.borders?.some((border) => address < border && border < address + quantity) === true) return [code | 0x80, 2];
    if (bits) return [code, (quantity + 7) >> 3, ...Array.from({ length: (quantity + 7) >> 3 }, () => 255)];
    return [code, quantity * 2, ...Array.from({ length: quantity }, (_, n) => [(address + n) >> 8, (address + n) & 255]).flat()];
  };
}
