import { EdgeError } from "../../base/edge-error.ts";

/** Where on the field side something happened, as far as known. */
export interface I2cPlace {
  /** Id of the bus. */
  readonly bus: string;
  /** 7-bit address of the chip; `undefined` where the bus as a whole is meant. */
  readonly address?: number | undefined;
}

/** An address as datasheets write it: `0x76`. */
export const hexAddress = (address: number): string => `0x${address.toString(16).padStart(2, "0")}`;

/** What all errors of I2C have in common: they name their place. */
export abstract class I2cError extends EdgeError implements I2cPlace {
  readonly bus: string;
  readonly address: number | undefined;

  constructor({ bus, address }: I2cPlace, what: string, options?: ErrorOptions) {
    super(`bus ${bus}${address === undefined ? "" : `, address ${hexAddress(address)}`}: ${what}`, options);
    this.bus = bus;
    this.address = address;
  }
}

/** Nobody acknowledged the address. UM10204 §3.1.6. */
export class BusNoAnswer extends I2cError {
  readonly code = "EDGE_I2C_NO_ANSWER";

  constructor(place: I2cPlace, options?: ErrorOptions) {
    super(place, "no chip answers", options);
  }
}

/** A kernel driver has claimed the address for itself. */
export class AddressTaken extends I2cError {
  readonly code = "EDGE_I2C_TAKEN";

  constructor(place: I2cPlace, options?: ErrorOptions) {
    super(place, "a driver of the kernel uses the chip", options);
  }
}

/** One transfer failed though the bus and the chip may be well: arbitration was lost, or it broke off. */
export class TransferFailed extends I2cError {
  readonly code = "EDGE_I2C_TRANSFER";

  constructor(place: I2cPlace, what: string, options?: ErrorOptions) {
    super(place, `the transfer failed: ${what}`, options);
  }
}

/** No transfer gets through: a wire is held low, or the adapter hangs. UM10204 §3.1.16. */
export class BusStuck extends I2cError {
  readonly code = "EDGE_I2C_STUCK";

  constructor(place: I2cPlace, what: string, options?: ErrorOptions) {
    super(place, `the bus is stuck: ${what}`, options);
  }
}

/** The bus cannot be opened. */
export class BusDown extends I2cError {
  readonly code = "EDGE_I2C_DOWN";

  constructor(place: I2cPlace, what: string, options?: ErrorOptions) {
    super(place, `the bus is down: ${what}`, options);
  }
}

/** Too many transfers wait for the bus. */
export class BusBusy extends I2cError {
  readonly code = "EDGE_I2C_BUSY";
  /** How many may wait. */
  readonly bound: number;

  constructor(place: I2cPlace, bound: number) {
    super(place, `the bus is busy: ${bound} transfers wait already`);
    this.bound = bound;
  }
}

/** The adapter of the bus does not know this kind of transfer. */
export class BusUnable extends I2cError {
  readonly code = "EDGE_I2C_UNABLE";

  /** @param what the kind of transfer */
  constructor(place: I2cPlace, what: string, options?: ErrorOptions) {
    super(place, `the adapter cannot do ${what}`, options);
  }
}
