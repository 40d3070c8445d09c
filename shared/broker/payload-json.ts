import { isJsonObject, type JsonObject } from "../base/json.ts";
import { decodeUtf8 } from "../base/utf8.ts";

/** What a payload came to: the payload, or one sentence for whoever sent it. */
export type Parsed<Payload> = { readonly ok: true; readonly payload: Payload } | { readonly ok: false; readonly reason: string };

/** Payloads are objects of values and of arrays of values; leave room for arrays of arrays. */
const deepest = 4;

const quote = 0x22;
const backslash = 0x5c;
/** Brackets and braces differ in this bit only. */
const caseBit = 0x20;
const opening = 0x7b;
const closing = 0x7d;

/** Some engines recurse in JSON.parse and end when they run out of stack: look at the depth before. */
function isDeep(text: string, json: Uint8Array): boolean {
  // Most payloads have too few openings to be deep.
  if (text.split("[", deepest + 2).length + text.split("{", deepest + 2).length - 2 <= deepest) return false;
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index] ?? 0;
    if (quoted) {
      if (byte === backslash) index++;
      else if (byte === quote) quoted = false;
    } else if (byte === quote) quoted = true;
    else if ((byte | caseBit) === opening) {
      if (++depth > deepest) return true;
    } else if ((byte | caseBit) === closing) depth--;
  }
  return false;
}

/** Reads a payload that is a JSON object, or says why it is none. Never throws. @see RFC 8259 */
export function parsePayload(payload: Uint8Array): Parsed<JsonObject> {
  const text = decodeUtf8(payload);
  if (text === undefined) return { ok: false, reason: "the payload is not UTF-8 text" };
  if (isDeep(text, payload)) return { ok: false, reason: `the payload nests deeper than ${deepest} levels` };
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? { ok: true, payload: value } : { ok: false, reason: "the payload is not a JSON object" };
  } catch {
    return { ok: false, reason: "the payload is not JSON" };
  }
}
