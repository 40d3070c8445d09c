const start = 256;
const single = 0x80;

/** Puts small fields behind one another in one buffer, used again and again. */
export class ByteWriter {
  #bytes: Buffer = Buffer.alloc(start);
  #at = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#at;
  }

  /** What was written, as bytes of their own; the writer is empty then. */
  take(): Uint8Array {
    const taken = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(taken, 0, 0, this.#at);
    this.#at = 0;
    return taken;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  /** A whole number from 0 to 2^53 − 1, seven bits a byte, lowest first. */
  count(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= single) {
      this.#bytes[this.#at++] = (rest % single) + single;
      rest = Math.floor(rest / single);
    }
    this.#bytes[this.#at++] = rest;
  }

  /** A whole number from −2^52 to 2^52 − 1. */
  whole(value: number): void {
    this.count(value >= 0 ? value * 2 : value * -2 - 1);
  }

  float32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  float64(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** Text of any kind. What UTF-8 cannot say, lone surrogates, is kept by JSON's escapes. */
  text(value: string): void {
    const sound = value.isWellFormed();
    const said = sound ? value : JSON.stringify(value);
    const length = Buffer.byteLength(said);
    this.count(length * 2 + (sound ? 0 : 1));
    this.#room(length);
    this.#at += this.#bytes.write(said, this.#at, length, "utf8");
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#at + length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
