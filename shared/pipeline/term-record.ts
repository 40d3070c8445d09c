import { isJsonObject } from "../base/json.ts";
import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";

/** The payload of a term record, with which each segment begins. @param rebasedFrom the term that the records behind it had before they got a place in this one */
export function encodeTerm(bootId: string, rebasedFrom?: number): Uint8Array {
  return encodeUtf8(JSON.stringify({ bootId, rebased: rebasedFrom === undefined ? undefined : true, from: rebasedFrom }));
}

/** The boot that a term record names; empty where it names none. Never throws. */
export function bootIdOf(payload: Uint8Array): string {
  const text = decodeUtf8(payload);
  if (text === undefined) return "";
  try {
    const value: unknown = JSON.parse(text);
    const bootId = isJsonObject(value) ? value["bootId"] : undefined;
    return typeof bootId === "string" ? bootId : "";
  } catch {
    return "";
  }
}
