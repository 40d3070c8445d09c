import { EdgeError } from "../base/edge-error.ts";

/** The bytes are not one CBOR item of the kind that is taken here. */
export class CborInvalid extends EdgeError {
  readonly code = "EDGE_CBOR_INVALID";
  /** Offset of the item at fault, bytes from the start. */
  readonly offset: number;
  constructor(offset: number, problem: string) {
    super(`CBOR at byte ${offset}: ${problem}`);
    this.offset = offset;
  }
}

/** The value has no CBOR form here. */
export class CborUnencodable extends EdgeError {
  readonly code = "EDGE_CBOR_UNENCODABLE";
  /** Where it lies, as in `$.batch[3]`. */
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`value at ${path} cannot be written as CBOR: ${problem}`);
    this.path = path;
  }
}
