import type { Quality } from "../../../../../shared/acquisition/sample.ts";
import type { SessionView } from "../../../../../shared/console/api/session-api.ts";
import type { EventDocument } from "../../../../../shared/twin/documents/event-document.ts";

/** One newest value, as the live stream brings it. */
export interface LiveReading {
  readonly thing: string;
  readonly feature: string;
  readonly value: unknown;
  readonly quality: Quality;
  /** Milliseconds since 1970. */
  readonly source: number;
  readonly received: number;
  readonly reason?: string;
}

export type { KeyMade, KeyView, UserView } from "../../../../../shared/console/api/account-api.ts";
export type { Overview } from "../../../../../shared/console/api/node-api.ts";
export type { SessionView } from "../../../../../shared/console/api/session-api.ts";

/** A role of the person at a scope. */
export type RoleAt = SessionView["roles"][number];

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total?: number;
  readonly cursor?: string;
}

export interface Notices {
  readonly unread: number;
  /** Number of the newest event that was read. */
  readonly read: number;
  readonly items: readonly EventDocument[];
}

/** What a walk over the audit log found. */
export interface AuditCheck {
  readonly ok: boolean;
  readonly lines: number;
  readonly first?: number;
  readonly wrong?: number;
}
