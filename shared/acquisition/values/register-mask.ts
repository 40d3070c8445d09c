/** Which bits of a register a write touches, in the terms of function 22. Modbus Application Protocol V1.1b3 §6.16. */
export interface RegisterMask {
  /** Bits that stay. */
  readonly and: number;
  /** Bits that become one, among those that do not stay. */
  readonly or: number;
}

/** What a register holds after a masked write: for servers, and for devices without function 22, whose register is read, changed and written. */
export function applyMask(current: number, mask: RegisterMask): number {
  return (current & mask.and) | (mask.or & ~mask.and & 0xffff);
}
