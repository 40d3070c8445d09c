import { EdgeError } from "../../base/edge-error.ts";
import type { PointValue } from "../sample.ts";

const shownLength = 60;

/** A value for people: text in quotes, lists in brackets, long ones cut off. */
function shown(value: PointValue): string {
  const text = Array.isArray(value) ? `[${value.join(", ")}]` : typeof value === "string" ? `"${value}"` : String(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

/** The value is of the right kind, but the registers cannot hold it. */
export class ValueOutOfRange extends EdgeError {
  readonly code = "EDGE_VALUE_RANGE";
  readonly value: PointValue;
  readonly expected: string;

  constructor(value: PointValue, expected: string) {
    super(`value ${shown(value)} is out of range: expected ${expected}`);
    this.value = value;
    this.expected = expected;
  }
}

/** The value is not of the kind that the point holds. */
export class ValueTypeMismatch extends EdgeError {
  readonly code = "EDGE_VALUE_TYPE";
  readonly value: PointValue;
  readonly expected: string;

  constructor(value: PointValue, expected: string) {
    super(`value ${shown(value)} is of the wrong kind: expected ${expected}`);
    this.value = value;
    this.expected = expected;
  }
}

/** The value lies in parts of registers that hold other things too, so that writing whole registers would change those. */
export class ValueUnwritable extends EdgeError {
  readonly code = "EDGE_VALUE_UNWRITABLE";

  constructor() {
    super("bits and halves of registers cannot be written as whole registers: expected a mask write, which reaches one register");
  }
}
