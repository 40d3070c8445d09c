/** What the first bytes of a connection come to. */
export type FirstPacket =
  | { readonly kind: "more" }
  /** Not MQTT, or not CONNECT: nothing is answered. MQTT 3.1.1 §3.1. */
  | { readonly kind: "foreign" }
  /** MQTT of another version: answered with return code 1. MQTT 3.1.1 §3.1.2.2. */
  | { readonly kind: "version" }
  /** CONNECT of MQTT 3.1.1, `end` bytes long. */
  | { readonly kind: "connect"; readonly end: number };

const name = [0, 4, 0x4d, 0x51, 0x54, 0x54];
const oldName = [0, 6, 0x4d, 0x51, 0x49, 0x73, 0x64, 0x70];

const begins = (bytes: Uint8Array, at: number, wanted: readonly number[]): boolean =>
  wanted.every((byte, index) => at + index >= bytes.length || bytes[at + index] === byte);

/**
 * Reads as much of CONNECT as tells whether to go on. Only protocol level 4 is spoken: 3.1 and 5.0 are refused.
 * @param limit most bytes CONNECT may take behind its fixed header
 */
export function firstPacket(bytes: Uint8Array, limit: number): FirstPacket {
  if (bytes.length === 0) return { kind: "more" };
  if (bytes[0] !== 0x10) return { kind: "foreign" };
  let length = 0;
  let at = 1;
  for (let scale = 1; ; scale *= 128) {
    if (scale > 2_097_152) return { kind: "foreign" };
    const byte = bytes[at++];
    if (byte === undefined) return { kind: "more" };
    length += (byte & 0x7f) * scale;
    if (length > limit) return { kind: "foreign" };
    if (byte < 0x80) break;
  }
  if (length < 10) return { kind: "foreign" };
  const old = begins(bytes, at, oldName) && bytes[at + 1] === 6;
  if (!old && !begins(bytes, at, name)) return { kind: "foreign" };
  const level = bytes[at + (old ? oldName.length : name.length)];
  if (level !== undefined && (old || level !== 4)) return { kind: "version" };
  return bytes.length < at + length ? { kind: "more" } : { kind: "connect", end: at + length };
}
