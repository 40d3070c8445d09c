import { argon2id, hash, verify } from "argon2";

/** RFC 9106 §4 scaled down to a small board: 19 MiB, two passes, one lane, as OWASP's password storage guide has it. */
const cost = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Makes the hash of a password for the accounts file: an argon2id PHC string. Runs off the main thread. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** True when the password belongs to the hash. Runs off the main thread. */
export async function passwordFits(phc: string, password: Buffer): Promise<boolean> {
  try {
    return await verify(phc, password);
  } catch {
    return false;
  }
}
