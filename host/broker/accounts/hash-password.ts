import { passwordCost } from "../../../shared/broker/password-cost.ts";

/** Makes the hash of a password for the broker's accounts: an argon2id PHC string. */
export type HashPassword = (password: string) => Promise<string>;

/** Hashes off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const { argon2id, hash } = await import("argon2");
  return hash(password, { ...passwordCost, type: argon2id });
}
