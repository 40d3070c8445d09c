/**
 * RFC 9106 §4 scaled down to a small board: 9 MiB, four passes, one lane. OWASP's password storage guide has it beside 19 MiB and two passes, which a machine
 * of 128 MB does not always have to spare.
 */
const cost = { memoryCost: 9216, timeCost: 4, parallelism: 1 } as const;

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
