import type { IncomingMessage } from "node:http";
import type { FastifyReply } from "fastify";
import type { Static, TSchema } from "typebox";
import type { RouteSpec, RouteTable } from "../../../shared/console/api/route-spec.ts";
import type { IfMatch } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { Authenticated, RequestFacts } from "./authenticator.ts";

/** One request on its way through a handler. */
export class ApiCall {
  readonly who: Authenticated;
  readonly facts: RequestFacts;
  readonly when: IfMatch;
  readonly request: IncomingMessage;
  readonly reply: FastifyReply;
  #stop: AbortController | undefined;

  constructor(parts: {
    readonly who: Authenticated;
    readonly facts: RequestFacts;
    readonly when: IfMatch;
    readonly request: IncomingMessage;
    readonly reply: FastifyReply;
  }) {
    this.who = parts.who;
    this.facts = parts.facts;
    this.when = parts.when;
    this.request = parts.request;
    this.reply = parts.reply;
  }

  get actor(): Actor {
    return this.who.actor;
  }

  /** Fires when the asker is gone. Made when it is asked for: most handlers wait for nothing. */
  get stop(): AbortSignal {
    if (this.#stop === undefined) {
      const stop = new AbortController();
      this.#stop = stop;
      const { raw } = this.reply;
      if (raw.destroyed) stop.abort();
      else raw.once("close", () => stop.abort());
    }
    return this.#stop.signal;
  }
}

type Of<Route, Part extends string> = Route extends { readonly [Key in Part]: infer Schema extends TSchema } ? Static<Schema> : undefined;

/** What a request brings, as the route's schemas say. */
export interface Input<Route> {
  readonly params: Of<Route, "params">;
  readonly query: Of<Route, "query">;
  readonly body: Of<Route, "body"> | (Route extends { readonly bodyOptional: true } ? undefined : never);
}

/** Says that the handler has answered by itself. */
export const answered: unique symbol = Symbol("answered");

/** Answers one route: gives what goes into the body, or answers by itself. */
export type Handler<Route extends RouteSpec> = (call: ApiCall, input: Input<Route>) => unknown;
export type Handlers<Table extends RouteTable> = { readonly [Name in keyof Table]: Handler<Table[Name]> };
