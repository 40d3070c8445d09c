/**
 * What V8 keeps for speed that a supervisor does not need: 16 MiB of young objects. With 1 it keeps more under load, since what is young grows old too
 * soon; 4 takes 2 MiB more.
 */
export const supervisorFlags = ["--max-semi-space-size=2"] as const;

/** One arena of malloc for all threads. */
export const supervisorEnvironment = { MALLOC_ARENA_MAX: "1" } as const;
