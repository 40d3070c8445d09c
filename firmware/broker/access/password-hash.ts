/** RFC 9106 §4 scaled down to a small board: 19 MiB, two passes, one lane, as OWASP's password storage guide has it. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Makes the hash of a password for the accounts file: an argon2id PHC string. Runs off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const { argon2id, hash } = await import("argon2");
  return hash(password, { ...cost, type: argon2id });
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
