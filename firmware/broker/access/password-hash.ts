import { passwordCost } from "../../../shared/broker/password-cost.ts";

/** Makes the hash of a password for the accounts file: an argon2id PHC string. Runs off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const { argon2id, hash } = await import("argon2");
  return hash(password, { ...passwordCost, type: argon2id });
}

/** Loads what checks passwords, so that a board that cannot check them says so at start. */
export async function preparePasswords(): Promise<void> {
  await import("argon2");
}

/** True when the password belongs to the hash. Runs off the main thread. */
export async function passwordFits(phc: string, password: Buffer): Promise<boolean> {
  const { verify } = await import("argon2");
  try {
    return await verify(phc, password);
  } catch {
    return false;
  }
}
