import type { Qos } from "../qos.ts";

/** Bytes of a remaining length. MQTT 3.1.1 §2.2.3. */
function lengthBytes(length: number): number {
  if (length < 128) return 1;
  if (length < 16_384) return 2;
  return length < 2_097_152 ? 3 : 4;
}

/**
 * One message as PUBLISH packets, encoded once for all its receivers. MQTT 3.1.1 §3.3.
 * The packet id of QoS 1 and 2 is left zero: each receiver writes its own at `idOffset`.
 */
export class PublishFrame {
  readonly #topic: string;
  readonly #payload: Buffer;
  readonly #retain: boolean;
  readonly #packets: (Buffer | undefined)[] = [];
  /** Where the packet id lies in the packets of QoS 1 and 2. */
  idOffset = 0;

  /** @param topic at most 65,535 bytes in UTF-8 */
  constructor(topic: string, payload: Buffer, retain: boolean) {
    this.#topic = topic;
    this.#payload = payload;
    this.#retain = retain;
  }

  /** The whole packet. Must not be changed. */
  packet(qos: Qos): Buffer {
    return this.#packets[qos] ?? this.#encode(qos);
  }

  #encode(qos: Qos): Buffer {
    const topicBytes = Buffer.byteLength(this.#topic);
    const length = 2 + topicBytes + (qos === 0 ? 0 : 2) + this.#payload.length;
    const packet = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
    packet[0] = 0x30 | (qos << 1) | (this.#retain ? 1 : 0);
    let at = 1;
    let rest = length;
    do {
      packet[at++] = (rest & 0x7f) | (rest > 127 ? 0x80 : 0);
      rest >>>= 7;
    } while (rest > 0);
    packet.writeUInt16BE(topicBytes, at);
    at += 2 + packet.write(this.#topic, at + 2);
    if (qos !== 0) {
      this.idOffset = at;
      packet.writeUInt16BE(0, at);
      at += 2;
    }
    this.#payload.copy(packet, at);
    this.#packets[qos] = packet;
    return packet;
  }
}
