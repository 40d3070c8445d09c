import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { LinkSigner } from "../../../shared/connectors/ports.ts";

/** The board's key pair. Ed25519, RFC 8032. */
export class BoardKey implements LinkSigner {
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
    const { x } = createPublicKey(key).export({ format: "jwk" });
    this.publicKey = new Uint8Array(Buffer.from(x ?? "", "base64url"));
  }

  static generate(): BoardKey {
    return new BoardKey(generateKeyPairSync("ed25519").privateKey);
  }

  /** Reads the private key from PEM; `undefined` when it is none of this kind. */
  static parse(pem: string): BoardKey | undefined {
    try {
      const key = createPrivateKey(pem);
      return key.asymmetricKeyType === "ed25519" ? new BoardKey(key) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The private key, PKCS #8 in PEM. */
  pem(): string {
    return this.#key.export({ type: "pkcs8", format: "pem" }).toString();
  }

  sign(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, bytes, this.#key));
  }
}
