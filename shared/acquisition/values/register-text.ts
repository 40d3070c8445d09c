import { decodeUtf8 } from "../../base/utf8.ts";

/**
 * Text of a device from `bytes[start, end)`, without the NULs and spaces at its end. Bytes above 0x7e are read as UTF-8 where the whole is well-formed
 * UTF-8, else as latin-1, which every row of bytes is.
 */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let last = end;
  while (last > start && (bytes[last - 1] === 0 || bytes[last - 1] === 0x20)) last--;
  return decodeUtf8(bytes, start, last) ?? decodeLatin1(bytes, start, last);
}

function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}
