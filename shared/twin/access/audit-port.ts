import type { Actor } from "./access-ports.ts";

/** What was tried, and to what. `action` is a permission, or what stands for one where somebody is not known yet. */
export interface Attempt {
  readonly action: string;
  readonly kind: string;
  readonly id: string;
}

/** Takes refusals for the audit log. What was done goes into the log in the batch of the change itself, see {@link auditDone}. */
export interface RefusalLog {
  /** Keeps that somebody was refused; alike ones within a second become one line with a count. Never waits, never throws. */
  refused(actor: Actor, attempt: Attempt, code: string): void;
}
