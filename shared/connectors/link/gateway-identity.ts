import type { LinkVerifier } from "../ports.ts";
import type { Welcome } from "./link-message.ts";
import { signedWelcome } from "./signed-welcome.ts";

export interface GatewayIdentityParts {
  readonly verifier: LinkVerifier;
  /** 32 hexadecimal digits, random: one for each call. */
  readonly newChallenge: () => string;
}

/** What was found of a welcome: `true` it is the board · `false` it is not, or does not prove it · `unknown` nobody has said yet whose key it is. */
export type IdentityVerdict = boolean | "unknown";

/** Sees to it that only the board itself opens a session: it signs a challenge that was never used before. */
export class GatewayIdentity {
  readonly #parts: GatewayIdentityParts;
  #challenge = "";

  constructor(parts: GatewayIdentityParts) {
    this.#parts = parts;
  }

  /** The challenge of the next call; the one before is good for nothing from here on. */
  challenge(): string {
    this.#challenge = this.#parts.newChallenge();
    return this.#challenge;
  }

  check(welcome: Welcome): IdentityVerdict {
    const { board, key, proof } = welcome;
    if (key === undefined || proof === undefined) return false;
    return this.#parts.verifier.check(board, key, signedWelcome(welcome, this.#challenge), proof);
  }
}
