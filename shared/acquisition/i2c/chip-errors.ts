import { I2cError, type I2cPlace } from "./i2c-errors.ts";

/** Another kind of chip than the configured one answers. */
export class ChipUnexpected extends I2cError {
  readonly code = "EDGE_I2C_CHIP";

  /** @param what was found and what was expected */
  constructor(place: I2cPlace, what: string) {
    super(place, `not the configured chip: ${what}`);
  }
}

/** The chip has lost its settings since it was set up: it was without power, was exchanged, or somebody else wrote to it. */
export class ChipReset extends I2cError {
  readonly code = "EDGE_I2C_RESET";

  /** @param what gave it away */
  constructor(place: I2cPlace, what: string) {
    super(place, `the chip was reset or exchanged: ${what}`);
  }
}

/** What the chip sent does not bear its own check. */
export class ReplyGarbled extends I2cError {
  readonly code = "EDGE_I2C_GARBLED";

  /** @param what was found and what was expected */
  constructor(place: I2cPlace, what: string) {
    super(place, `the answer is garbled: ${what}`);
  }
}

/** The chip answers but does not finish what it was asked to do. */
export class ChipHangs extends I2cError {
  readonly code = "EDGE_I2C_HANGS";

  /** @param what it does not finish, and how long was waited */
  constructor(place: I2cPlace, what: string) {
    super(place, `the chip hangs: ${what}`);
  }
}
