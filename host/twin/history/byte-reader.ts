import { HistoryDamaged } from "./history-errors.ts";

/** Reads what {@link ByteWriter} wrote. Every method throws {@link HistoryDamaged} where the bytes end too early. */
export class ByteReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Begins with other bytes. */
  open(bytes: Uint8Array, at = 0): this {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
    return this;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new HistoryDamaged("a record that ends too early");
    return value;
  }

  count(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value -= 0x80;
    for (let weight = 0x80; ; weight *= 0x80) {
      const next = this.byte();
      if (next < 0x80) return value + next * weight;
      value += (next - 0x80) * weight;
    }
  }

  whole(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  ordered(): number {
    let value = 0;
    for (let length = this.byte(); length > 0; length--) value = value * 0x100 + this.byte();
    return value;
  }

  float32(): number {
    return this.#bytes.readFloatLE(this.#take(4));
  }

  float64(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  text(): string {
    const head = this.count();
    const at = this.#take(Math.floor(head / 2));
    const said = this.#bytes.toString("utf8", at, this.#at);
    if (head % 2 === 0) return said;
    const text: unknown = JSON.parse(said);
    return typeof text === "string" ? text : said;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new HistoryDamaged("a record that ends too early");
    this.#at += length;
    return at;
  }
}
