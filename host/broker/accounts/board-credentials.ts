import { createHash, randomBytes } from "node:crypto";
import { isJsonObject } from "../../../shared/base/json.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { HashPassword } from "./hash-password.ts";

/** Where hashes of the boards' MQTT passwords are kept. */
export const accountPrefix = "broker/account/";
const longestName = 64;

/** User name of a board's MQTT account. */
export const accountOfBoard = (board: string): string => `board:${board}`;

export interface BoardCredentialsParts {
  readonly store: GatewayStore;
  readonly hash: HashPassword;
}

/** Passwords of the boards' MQTT accounts: only hashes are kept. */
export class BoardCredentials {
  readonly #parts: BoardCredentialsParts;

  constructor(parts: BoardCredentialsParts) {
    this.#parts = parts;
  }

  /** A new password in place of the one before, told once. @throws {ResourceInvalid} the id is too long for a user name */
  async issue(actor: Actor, board: string): Promise<{ readonly username: string; readonly password: string }> {
    const username = accountOfBoard(board);
    if (username.length > longestName)
      throw new ResourceInvalid(`board ${board}`, [
        { path: "/id", message: "it is too long for a user name", expected: `at most ${longestName - 6} characters` },
      ]);
    const password = randomBytes(24).toString("base64url");
    const hash = await this.#parts.hash(password);
    await this.#parts.store.commit({
      actor: actor.id,
      state: [{ key: accountPrefix + board, value: { hash } }],
      audit: [auditDone(actor, { action: "board:exec", kind: "board", id: board })],
    });
    return { username, password };
  }

  /** The board's password is good no more. */
  async revoke(board: string): Promise<void> {
    const key = accountPrefix + board;
    if ((await this.#parts.store.state(key)) !== undefined)
      await this.#parts.store.commit({ actor: "system", state: [{ key, value: undefined }] });
  }

  /** Hashes by board. */
  async hashes(): Promise<ReadonlyMap<string, string>> {
    const states = await this.#parts.store.states(accountPrefix);
    return new Map(
      states.flatMap(([key, value]) =>
        isJsonObject(value) && typeof value["hash"] === "string" ? [[key.slice(accountPrefix.length), value["hash"]] as const] : [],
      ),
    );
  }
}

/** A short name of a password that tells whether it changed; it is random, so that nothing can be guessed from it. */
export const digestOf = (password: string): string => createHash("sha256").update(password).digest("base64url");
