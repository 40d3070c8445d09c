import { createHash, createPublicKey, verify } from "node:crypto";
import type { LinkVerifier } from "../../../shared/connectors/ports.ts";

/** Head of an Ed25519 key as SubjectPublicKeyInfo; the 32 bytes follow. RFC 8410 §4. */
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");

/** SHA-256 of a public key, as `boards.json` names it. */
export function fingerprintOf(key: Uint8Array): string {
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

/** True when `proof` is the signature of `signed` by the key. RFC 8032 §5.1.7. Never throws. */
export function isSignedBy(key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([spkiHead, key]), format: "der", type: "spki" });
    return verify(null, signed, publicKey, proof);
  } catch {
    return false;
  }
}

export interface BoardKeysParts {
  /** The fingerprint that is kept for a board that may speak; `any`: none is kept, the first key is good; `undefined`: nobody took the board in. */
  readonly pinned: (board: string) => string | "any" | undefined;
  /** The first key of a board was seen and proved. */
  readonly first: (board: string, fingerprint: string) => void;
  /** Somebody answers in the board's place with another key, or with a signature that is not sound. */
  readonly refused: (board: string, fingerprint: string, why: "key" | "signature") => void;
}

/** Checks who boards are with Node's crypto, against the fingerprints that are kept. */
export class BoardKeys implements LinkVerifier {
  readonly #parts: BoardKeysParts;

  constructor(parts: BoardKeysParts) {
    this.#parts = parts;
  }

  check(board: string, key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean | "unknown" {
    const fingerprint = fingerprintOf(key);
    if (!isSignedBy(key, signed, proof)) {
      this.#parts.refused(board, fingerprint, "signature");
      return false;
    }
    const pinned = this.#parts.pinned(board);
    if (pinned === undefined) return "unknown";
    if (pinned === "any") {
      this.#parts.first(board, fingerprint);
      return true;
    }
    if (pinned === fingerprint) return true;
    this.#parts.refused(board, fingerprint, "key");
    return false;
  }
}
