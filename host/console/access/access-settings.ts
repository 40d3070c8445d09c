import { type Millis, millis } from "../../../shared/base/units.ts";

/** How log-ins are kept. */
export interface AccessSettings {
  /** A session ends when it was not used for so long. IEC 62443-4-2 CR 2.5, 2.6. */
  readonly idle: Millis;
  /** A session ends after so long, used or not. */
  readonly absolute: Millis;
  /** Sessions of one user; one more ends his oldest. */
  readonly sessionsPerUser: number;
  /** Sessions of all; one more ends the one that was not used for longest. */
  readonly sessions: number;
}

export const defaultAccessSettings: AccessSettings = {
  idle: millis(30 * 60_000),
  absolute: millis(12 * 3_600_000),
  sessionsPerUser: 16,
  sessions: 2000,
};
