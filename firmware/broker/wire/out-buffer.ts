const smallest = 512;
const largest = 65_536;
/** Packets from this size on are handed over as they are instead of being copied. */
const large = 16_384;

/** What a finished packet that was written in pieces is to become. */
export type PacketGate = (buffer: Buffer, start: number, end: number) => boolean;

/**
 * Gathers the packets of one connection until the end of the turn, so that many small ones leave in one write.
 * Packets come whole, or in pieces as an MQTT serializer writes them; those pass a gate when they are complete.
 */
export class OutBuffer {
  readonly #gate: PacketGate;
  readonly #send: (bytes: Buffer) => void;
  #buffer = Buffer.alloc(0);
  #sent = 0;
  /** Where the packet begins that pieces are added to; all before it is complete. */
  #packet = 0;
  #packetEnd = 0;
  #end = 0;
  #hint = smallest;

  /** @param gate may change a packet of pieces in place; `false` drops it. @param send takes ownership of the bytes */
  constructor(gate: PacketGate, send: (bytes: Buffer) => void) {
    this.#gate = gate;
    this.#send = send;
  }

  /** Bytes gathered and not yet sent. */
  get size(): number {
    return this.#end - this.#sent;
  }

  /** Adds a piece of a packet. */
  piece(chunk: Uint8Array | string): void {
    const length = typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    this.#reserve(length);
    if (typeof chunk === "string") this.#buffer.write(chunk, this.#end);
    else this.#buffer.set(chunk, this.#end);
    this.#end += length;
    if (this.#packetEnd === 0) this.#findEnd();
    if (this.#packetEnd === 0 || this.#end < this.#packetEnd) return;
    if (!this.#gate(this.#buffer, this.#packet, this.#packetEnd)) this.#end = this.#packet;
    this.#packet = this.#end;
    this.#packetEnd = 0;
  }

  /** Adds a complete packet. @param id written at `idOffset` unless it is 0 */
  whole(packet: Buffer, id: number, idOffset: number): void {
    if (packet.length >= large && id === 0) {
      this.flush();
      this.#send(packet);
      return;
    }
    this.#reserve(packet.length);
    this.#buffer.set(packet, this.#end);
    if (id !== 0) this.#buffer.writeUInt16BE(id, this.#end + idOffset);
    this.#end += packet.length;
    this.#packet = this.#end;
  }

  /** Sends all complete packets. */
  flush(): void {
    if (this.#packet === this.#sent) return;
    this.#send(this.#buffer.subarray(this.#sent, this.#packet));
    this.#sent = this.#packet;
    if (this.#packet !== this.#end) return;
    this.#hint = this.#end > largest / 2 ? largest : Math.max(smallest, 2 ** Math.ceil(Math.log2(this.#end)));
    this.clear();
  }

  /** Forgets everything. */
  clear(): void {
    this.#buffer = this.#buffer.subarray(0, 0);
    this.#sent = 0;
    this.#packet = 0;
    this.#packetEnd = 0;
    this.#end = 0;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#buffer.length) return;
    if (this.#packet - this.#sent >= largest / 2 || this.#packet + length > largest) this.#sendComplete();
    const kept = this.#end - this.#sent;
    const size = Math.max(this.#hint, 2 * kept, kept + length);
    const buffer = Buffer.allocUnsafe(size);
    this.#buffer.copy(buffer, 0, this.#sent, this.#end);
    this.#buffer = buffer;
    this.#packet -= this.#sent;
    if (this.#packetEnd !== 0) this.#packetEnd -= this.#sent;
    this.#sent = 0;
    this.#end = kept;
  }

  #sendComplete(): void {
    if (this.#packet === this.#sent) return;
    this.#send(this.#buffer.subarray(this.#sent, this.#packet));
    this.#sent = this.#packet;
  }

  /** Reads the remaining length of the packet that is being written. MQTT 3.1.1 §2.2.3. */
  #findEnd(): void {
    let length = 0;
    let scale = 1;
    for (let at = this.#packet + 1; at < this.#end; at++) {
      const byte = this.#buffer[at] ?? 0;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#packetEnd = at + 1 + length;
        return;
      }
      scale *= 128;
    }
  }
}
