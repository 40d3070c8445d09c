import type { TSchema } from "typebox";
import type { Permission } from "../../twin/access/access-ports.ts";

/** What may become of a body, and what it may be sent as. */
export const BodyForm = {
  json: ["application/json"],
  mergePatch: ["application/merge-patch+json", "application/json"],
  bytes: ["application/octet-stream"],
} as const;
export type BodyForm = keyof typeof BodyForm;

/**
 * One route of the gateway: what it is for, who may use it, what goes in and what comes out. Registration, OpenAPI, the documentation page and the
 * permission matrix are made of it.
 */
export interface RouteSpec {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Parameters in braces, as in `/api/v1/things/{thing}`. */
  readonly path: string;
  /** `public`: no log-in. `login`: anybody who is logged in. */
  readonly permission: Permission | "public" | "login";
  /** Only a grant on `all` covers it, and the door says so; else what stands behind the route decides, document by document. */
  readonly everywhere?: true;
  /** Sessions that are good for setting a password only may use it too. */
  readonly beforePassword?: true;
  readonly tag: string;
  /** A few words. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Default `json`, where there is a body. */
  readonly bodyForm?: BodyForm;
  /** The body may be left out. */
  readonly bodyOptional?: true;
  /** What success says; nothing where it is absent. */
  readonly answer?: TSchema;
  /** Of success; default 200, or 204 without an answer. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Media type of success where it is not JSON. */
  readonly produces?: string;
  /** The answer has an ETag; PATCH and DELETE take If-Match. `changing`: parts of it change without a revision, so If-None-Match never holds. */
  readonly etag?: "document" | "changing";
  /** An ETag that the request may name in If-Match though nothing comes back. */
  readonly ifMatch?: true;
  /** Codes of the errors that are its own, beside those of every route. */
  readonly errors?: readonly `EDGE_${string}`[];
}

export type RouteTable = Readonly<Record<string, RouteSpec>>;

/** Status of success. */
export const statusOf = (route: RouteSpec): number =>
  route.status ?? (route.answer === undefined && route.produces === undefined ? 204 : 200);
