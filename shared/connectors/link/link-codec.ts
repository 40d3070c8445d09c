import { instant } from "../../base/units.ts";
import { decodeCbor } from "../../broker/cbor-decode.ts";
import { type CborEncoder, encodeCbor } from "../../broker/cbor-encode.ts";
import type { CborMap, CborValue } from "../../broker/cbor-value.ts";
import { commandRecordOf, longestOpId } from "./command-record.ts";
import { descriptionOf } from "./description-fields.ts";
import { LinkMessageInvalid, LinkVersionUnknown } from "./link-errors.ts";
import { linkBounds } from "./link-limits.ts";
import { type DownMessage, type LiveValue, linkVersion, type RefusalCode, type StreamState, type UpMessage } from "./link-message.ts";
import { isCborMap, MessageFields } from "./message-fields.ts";

function toCbor(value: unknown): CborValue {
  if (typeof value !== "object" || value === null) return scalarToCbor(value);
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(toCbor);
  return toMap(value);
}

function scalarToCbor(value: unknown): CborValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) return value;
  throw new LinkMessageInvalid(`a ${typeof value} cannot be sent`);
}

/** Members that are `undefined` are left out; the others come in the order in which they are encoded, which spares the encoder to sort them. */
function toMap(value: object): CborMap {
  const map: Record<string, CborValue> = {};
  const members = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  for (const [key, member] of members) if (member !== undefined) map[key] = toCbor(member);
  return map;
}

/** A message as CBOR. @param encoder keeps its buffer between calls; without one a new buffer is made */
export function encodeLinkMessage(message: UpMessage | DownMessage, encoder?: Pick<CborEncoder, "encode">): Uint8Array {
  const map: CborMap = { v: linkVersion, ...toMap(message) };
  return encoder === undefined ? encodeCbor(map) : encoder.encode(map);
}

function open(bytes: Uint8Array): { readonly kind: string; readonly fields: MessageFields } {
  if (bytes.length > linkBounds.messageBytes)
    throw new LinkMessageInvalid(`${bytes.length} bytes: expected at most ${linkBounds.messageBytes}`);
  let item: CborValue;
  try {
    item = decodeCbor(bytes);
  } catch (error) {
    throw new LinkMessageInvalid(error instanceof Error ? error.message : String(error), error);
  }
  if (!isCborMap(item)) throw new LinkMessageInvalid("expected a map");
  const version = new MessageFields(item, "message").count("v");
  if (version !== linkVersion) throw new LinkVersionUnknown(version, linkVersion);
  const kind = new MessageFields(item, "message").text("kind", 16);
  return { kind, fields: new MessageFields(item, kind) };
}

/** Ed25519, RFC 8032 §5.1.5 and §5.1.6. */
const keyLength = 32;
const proofLength = 64;

function refusalCode(fields: MessageFields): RefusalCode {
  const code = fields.text("code");
  if (code !== "STALE_EPOCH" && code !== "ID_MISMATCH" && code !== "NO_SESSION")
    throw fields.bad("code", "STALE_EPOCH, ID_MISMATCH or NO_SESSION");
  return code;
}

function streamStates(fields: MessageFields): readonly StreamState[] {
  return [...fields.maps("streams", linkBounds.streams)].map((one) => ({
    id: one.id("id"),
    first: one.has("first") ? one.cursor("first") : undefined,
    durable: one.cursor("durable"),
  }));
}

function liveValues(fields: MessageFields): readonly LiveValue[] {
  return [...fields.maps("values", linkBounds.liveValues)].map((one) => ({
    stream: one.id("stream"),
    key: one.text("key", linkBounds.liveKey),
    at: one.cursor("at"),
    time: instant(one.number("time")),
    payload: one.bytes("payload", linkBounds.livePayload),
  }));
}

/**
 * Reads what a board sent. Members that are not known are ignored.
 * @throws {LinkMessageInvalid} {LinkVersionUnknown}
 */
export function decodeUpMessage(bytes: Uint8Array): UpMessage {
  const { kind, fields } = open(bytes);
  switch (kind) {
    case "append":
      return {
        kind,
        session: fields.hex("session"),
        stream: fields.id("stream"),
        prev: fields.cursor("prev"),
        last: fields.cursor("last"),
        count: fields.count("count", linkBounds.appendRecords),
        records: fields.bytes("records", linkBounds.recordBytes),
        more: fields.flag("more"),
      };
    case "live":
      return { kind, session: fields.hex("session"), values: liveValues(fields) };
    case "beat":
      return {
        kind,
        session: fields.hex("session"),
        stamp: fields.number("stamp"),
        epoch: fields.count("epoch"),
        ...(fields.has("description") && { description: fields.hex("description") }),
      };
    case "announce":
      return {
        kind,
        board: fields.id("board"),
        bootId: fields.hex("bootId"),
        online: fields.flag("online"),
        ...(fields.has("key") && { key: fields.exactly("key", keyLength) }),
      };
    case "welcome":
      return {
        kind,
        epoch: fields.count("epoch"),
        call: fields.count("call"),
        board: fields.id("board"),
        version: fields.text("version"),
        term: fields.count("term", 0xffff_ffff),
        bootId: fields.hex("bootId"),
        origin: fields.hex("origin"),
        floor: fields.count("floor", 0xffff_ffff),
        session: fields.hex("session"),
        applied: fields.count("applied"),
        streams: streamStates(fields),
        ...(fields.has("description") && { description: fields.hex("description") }),
        ...(fields.has("key") && { key: fields.exactly("key", keyLength) }),
        ...(fields.has("proof") && { proof: fields.exactly("proof", proofLength) }),
      };
    case "refusal":
      return {
        kind,
        code: refusalCode(fields),
        epoch: fields.count("epoch"),
        seen: fields.count("seen"),
        board: fields.id("board"),
        ...(fields.has("session") && { session: fields.hex("session") }),
      };
    case "raised":
      return { kind, session: fields.hex("session"), term: fields.count("term", 0xffff_ffff) };
    case "reply": {
      const record = commandRecordOf(fields.json("record"));
      if (record === undefined) throw fields.bad("record", "how a command ended");
      return { kind, session: fields.hex("session"), record };
    }
    case "description":
      return descriptionOf(fields);
    default:
      throw new LinkMessageInvalid(`kind "${kind}": expected one that a board sends`);
  }
}

/**
 * Reads what a gateway sent. Members that are not known are ignored.
 * @throws {LinkMessageInvalid} {LinkVersionUnknown}
 */
export function decodeDownMessage(bytes: Uint8Array): DownMessage {
  const { kind, fields } = open(bytes);
  if (kind === "hello")
    return {
      kind,
      epoch: fields.count("epoch"),
      call: fields.count("call"),
      board: fields.id("board"),
      ...(fields.has("challenge") && { challenge: fields.hex("challenge") }),
    };
  switch (kind) {
    case "ack":
      return { kind, ...inSession(fields), stream: fields.id("stream"), cursor: fields.cursor("cursor") };
    case "pull":
      return {
        kind,
        ...inSession(fields),
        stream: fields.id("stream"),
        from: fields.cursor("from"),
        records: fields.count("records", linkBounds.appendRecords),
        bytes: fields.count("bytes", linkBounds.recordBytes),
      };
    case "beat":
      return { kind, ...inSession(fields), stamp: fields.number("stamp"), ...(fields.has("live") && { live: fields.flag("live") }) };
    case "describe":
      return { kind, ...inSession(fields), part: fields.count("part", linkBounds.descriptionParts) };
    case "raise":
      return { kind, ...inSession(fields), floor: fields.count("floor", 0xffff_fffe) };
    case "command":
      if (bytes.length > linkBounds.commandBytes) throw fields.bad("value", `a message of at most ${linkBounds.commandBytes} bytes`);
      return {
        kind,
        ...inSession(fields),
        after: fields.count("after"),
        cmdSeq: fields.count("cmdSeq"),
        opId: fields.text("opId", longestOpId),
        thing: fields.id("thing"),
        feature: fields.id("feature"),
        value: fields.json("value"),
        who: fields.text("who", 128),
        expiresAt: instant(fields.number("expiresAt")),
      };
    default:
      throw new LinkMessageInvalid(`kind "${kind}": expected one that a gateway sends`);
  }
}

function inSession(fields: MessageFields): { readonly epoch: number; readonly session: string } {
  return { epoch: fields.count("epoch"), session: fields.hex("session") };
}
