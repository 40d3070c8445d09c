import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { decodeDownMessage, encodeLinkMessage } from "../../shared/connectors/link/link-codec.ts";
import type { Welcome } from "../../shared/connectors/link/link-message.ts";
import { signedWelcome } from "../../shared/connectors/link/signed-welcome.ts";
import type { LinkSigner, LinkVerifier } from "../../shared/connectors/ports.ts";

const spki = Buffer.from("302a300506032b6570032100", "hex");

/** A key of its own. */
export class SimSigner implements LinkSigner {
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.publicKey = new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
    this.#key = privateKey;
  }

  sign(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, bytes, this.#key));
  }
}

/** Knows one key only. */
export class SimVerifier implements LinkVerifier {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  check(_board: string, key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean {
    const spoken = createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" });
    return Buffer.compare(key, this.#key) === 0 && verify(null, signed, spoken, proof);
  }
}

/** Somebody who answers every hello in the board's place, with a key of his own and storage of his own. */
export class Forger {
  readonly #signer = new SimSigner();

  /** @returns what he says; `undefined` when it is no hello */
  answer(payload: Uint8Array): Uint8Array | undefined {
    const hello = decodeDownMessage(payload);
    if (hello.kind !== "hello") return undefined;
    const { epoch, call, board, challenge = "" } = hello;
    const storage = { version: "1", term: 4_000_000, bootId: "f".repeat(32), origin: "f".repeat(32), floor: 4_000_000, applied: 4_000_000 };
    const session = { session: "f".repeat(32), streams: [{ id: "samples", first: undefined, durable: { term: 4_000_000, seq: 9 } }] };
    const welcome: Welcome = { kind: "welcome", epoch, call, board, ...storage, ...session, key: this.#signer.publicKey };
    return encodeLinkMessage({ ...welcome, proof: this.#signer.sign(signedWelcome(welcome, challenge)) });
  }
}
