import type { Problem } from "../../shared/base/problem.ts";
import type { EventDocument } from "../../shared/twin/documents/event-document.ts";
import type { OperationDocument } from "../../shared/twin/documents/operation-document.ts";
import type { MockUser, WebMockPlant } from "./web-mock-plant.ts";

/** A log-in of the mock; without a user it is the one of the first start. */
export interface MockSession {
  readonly csrf: string;
  user: MockUser | undefined;
}

/** What the answers need of the gateway. */
export interface MockHost {
  readonly plant: WebMockPlant;
  tell(event: Omit<EventDocument, "seq">): void;
  carryOut(operation: OperationDocument): void;
}

/** What is answered. */
export interface MockAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly session?: MockSession;
  readonly leave?: boolean;
}

/** An answer that is a problem. */
export class MockRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy = "Ask somebody who may.";
  readonly problems: readonly Problem[] | undefined;
  constructor(status: number, code: string, detail: string, problems?: readonly Problem[]) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/** One request. */
export interface MockCall {
  readonly gateway: MockHost;
  readonly session: MockSession | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A text of a request; empty where it is none. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A list as one page. */
export const page = (items: readonly unknown[]): MockAnswer => ({ body: { items, total: items.length } });

/** Whether the one who asks has one of these roles. */
export function need(call: MockCall, permission: string, ...roles: readonly string[]): MockUser {
  const user = call.session?.user;
  if (user === undefined) throw new MockRefusal(401, "EDGE_NOT_LOGGED_IN", "nobody is logged in");
  const held = call.gateway.plant.grants.some(({ principal, role }) => principal === `user:${user.id}` && roles.includes(role));
  if (!held) throw new MockRefusal(403, "EDGE_FORBIDDEN", `${permission} is not granted here`);
  return user;
}

/** Every role. */
export const everybody = ["viewer", "operator", "engineer", "admin"] as const;
