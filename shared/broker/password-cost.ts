/**
 * What hashing a password of a broker's account costs, argon2id: RFC 9106 §4 scaled down to a small board, which has to check it. 9 MiB, four passes, one
 * lane; OWASP's password storage guide has it beside 19 MiB and two passes, which a machine of 128 MB does not always have to spare.
 */
export const passwordCost = { memoryCost: 9216, timeCost: 4, parallelism: 1 } as const;
