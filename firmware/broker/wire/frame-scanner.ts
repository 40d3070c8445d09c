/** Packet types by the high half of the first byte. MQTT 3.1.1 §2.2.1. */
export const PacketType = { connect: 1, connack: 2, publish: 3, puback: 4, pubrec: 5, pubcomp: 7 } as const;

/** Types a client may send behind CONNECT: PUBLISH to SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT. */
const fromClient = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 12) | (1 << 14);

/** Why bytes are refused. */
export type FrameFault = "protocol" | "packet_size";

/** Follows packet boundaries through a stream of bytes, keeping none, and refuses what is too long or not for a client to send. */
export class FrameScanner {
  readonly #limit: number;
  #length = 0;
  #scale = 0;
  #type = 0;
  #skip = 0;
  /** Packets that ended so far. */
  packets = 0;
  /** PUBLISH packets that began so far. */
  publishes = 0;
  /** PUBACK and PUBCOMP packets that began so far: deliveries that are over. */
  settled = 0;

  /** @param limit most bytes a packet may take behind its fixed header */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Looks at the next bytes. After a fault the connection must end. */
  scan(bytes: Uint8Array): FrameFault | undefined {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, end - at);
        this.#skip -= step;
        at += step;
        if (this.#skip === 0) this.packets++;
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (this.#scale === 0) {
        this.#type = byte >> 4;
        if (((1 << this.#type) & fromClient) === 0) return "protocol";
        if (this.#type === PacketType.publish) this.publishes++;
        else if (this.#type === PacketType.puback || this.#type === PacketType.pubcomp) this.settled++;
        this.#length = 0;
        this.#scale = 1;
        continue;
      }
      this.#length += (byte & 0x7f) * this.#scale;
      if (this.#length > this.#limit) return "packet_size";
      if (byte >= 0x80) {
        this.#scale *= 128;
        // MQTT 3.1.1 §2.2.3: the length takes four bytes at most.
        if (this.#scale > 2_097_152) return "protocol";
        continue;
      }
      this.#scale = 0;
      if (this.#length === 0) this.packets++;
      else this.#skip = this.#length;
    }
    return undefined;
  }
}
