import { encodeCbor } from "../../broker/cbor-encode.ts";
import type { Welcome } from "./link-message.ts";

const purpose = "penstock link welcome 1";

/**
 * What a board's key signs: who answers which call, for which session, and where its storage stands. A proof is good for one challenge, so that none
 * can be used again; the purpose comes first, so that none can be used for anything else. One CBOR array, RFC 8949 §4.2.1.
 */
export function signedWelcome(welcome: Omit<Welcome, "kind" | "streams" | "version">, challenge: string): Uint8Array {
  const { board, epoch, call, session, bootId, origin, term, floor, applied, description = null } = welcome;
  return encodeCbor([purpose, board, epoch, call, challenge, session, bootId, origin, term, floor, applied, description]);
}
