import type { EdgeError } from "../../base/edge-error.ts";
import type { Role } from "../documents/principal-document.ts";
import type { DocumentKind } from "../store-ports.ts";

export const Verb = { create: "create", read: "read", update: "update", delete: "delete", list: "list", exec: "exec" } as const;
export type Verb = (typeof Verb)[keyof typeof Verb];

/** What a permission is about. Features have their halves apart, as these have different owners. */
export type Subject =
  | Exclude<DocumentKind, "feature" | "session">
  | "feature"
  | "feature.desired"
  | "feature.reported"
  | "feature.status"
  | "record"
  | "event"
  | "audit"
  | "node"
  | "backup";
export type Permission = `${Subject}:${Verb}`;

/** Who acts. Made once at the door; everything behind it takes it as it is. */
export interface Actor {
  /** `user:<id>`, `key:<id>`, `board:<id>`, `system`; `token:first-start` while there are no users. */
  readonly id: string;
  readonly type: "user" | "key" | "board" | "reconciler" | "system";
  readonly via: "rest" | "console" | "cli" | "mqtt" | "link" | "file" | "system";
  readonly address?: string;
}

/**
 * What is acted on, as far as scopes need to know. `thing` absent: belongs to no thing; only a grant on `all`, or on the definition, covers it.
 * `definition` absent: what the thing follows is known. A change that moves a thing into another scope is asked for before and after.
 */
export interface Target {
  readonly thing?: string;
  readonly definition?: string;
}

/** Decides what somebody may. Answers from memory: grants, keys and membership as they were committed last. */
export interface Access {
  /** The bare answer, for lists and streams that ask for every item: makes nothing. */
  allows(actor: Actor, permission: Permission, target: Target): boolean;
  /** `undefined` when allowed; else why not (403). */
  refusal(actor: Actor, permission: Permission, target: Target): EdgeError | undefined;
  /** True when a grant on `all` covers it: then nothing needs to be filtered. */
  everywhere(actor: Actor, permission: Permission): boolean;
  /** Roles that hold it, for documentation. */
  rolesOf(permission: Permission): readonly Role[];
}
