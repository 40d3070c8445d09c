import type { Qos } from "../qos.ts";

/** A message as the store keeps it. */
export interface StoredMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Who published it. */
  readonly principal: string;
}

/** What a record says besides the message. */
export interface RecordState {
  /** Packet id of a delivery, 0 before there is one. */
  readonly id: number;
  /** True when only PUBREL is left to be answered. */
  readonly released: boolean;
}

const isQos = (value: unknown): value is Qos => value === 0 || value === 1 || value === 2;

/** A record: length of a JSON head (4 bytes, big-endian), the head, the payload. */
export function encodeRecord(message: StoredMessage, state: RecordState): Buffer {
  const { topic, qos, retain, principal, payload } = message;
  const head = JSON.stringify([topic, qos, retain, principal, state.id, state.released]);
  const size = Buffer.byteLength(head);
  const record = Buffer.allocUnsafe(4 + size + payload.length);
  record.writeUInt32BE(size, 0);
  record.write(head, 4);
  payload.copy(record, 4 + size);
  return record;
}

/** Reads a record back, or gives `undefined` for bytes that are none. */
export function decodeRecord(record: Buffer): (StoredMessage & RecordState) | undefined {
  if (record.length < 4) return undefined;
  const size = record.readUInt32BE(0);
  if (record.length < 4 + size) return undefined;
  try {
    const head: unknown = JSON.parse(record.toString("utf8", 4, 4 + size));
    if (!Array.isArray(head)) return undefined;
    const [topic, qos, retain, principal, id, released]: unknown[] = head;
    if (typeof topic !== "string" || !isQos(qos) || typeof retain !== "boolean" || typeof principal !== "string") return undefined;
    if (typeof id !== "number" || typeof released !== "boolean") return undefined;
    return { topic, qos, retain, principal, id, released, payload: record.subarray(4 + size) };
  } catch {
    return undefined;
  }
}

/** The part of a session that changes seldom. */
export interface SessionHead {
  readonly clientId: string;
  readonly principal: string;
  readonly subscriptions: readonly (readonly [filter: string, qos: Qos])[];
}

export function encodeSession(head: SessionHead): Buffer {
  return Buffer.from(JSON.stringify(head));
}

/** Reads a session back, or gives `undefined` for bytes that are none. */
export function decodeSession(record: Buffer): SessionHead | undefined {
  try {
    const head: unknown = JSON.parse(record.toString("utf8"));
    if (typeof head !== "object" || head === null || !("clientId" in head) || !("principal" in head) || !("subscriptions" in head))
      return undefined;
    const { clientId, principal, subscriptions } = head;
    if (typeof clientId !== "string" || typeof principal !== "string" || !Array.isArray(subscriptions)) return undefined;
    const pairs: [string, Qos][] = [];
    for (const pair of subscriptions) {
      if (!Array.isArray(pair)) return undefined;
      const [filter, qos]: unknown[] = pair;
      if (typeof filter !== "string" || !isQos(qos)) return undefined;
      pairs.push([filter, qos]);
    }
    return { clientId, principal, subscriptions: pairs };
  } catch {
    return undefined;
  }
}
