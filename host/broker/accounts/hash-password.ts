/** Makes the hash of a password for the broker's accounts: an argon2id PHC string. */
export type HashPassword = (password: string) => Promise<string>;

/** As the broker's own passwords are hashed: RFC 9106 §4 scaled down to a small board, which has to check them. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const { argon2id, hash } = await import("argon2");
  return hash(password, { ...cost, type: argon2id });
}
