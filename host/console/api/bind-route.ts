import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { RouteSpec, RouteTable } from "../../../shared/console/api/route-spec.ts";
import { ApiCall, answered, type Handler, type Handlers } from "./api-call.ts";
import type { ApiSettings } from "./api-settings.ts";
import { type Door, factsOf } from "./door.ts";
import { problemHeaders, problemOf } from "./problem-of.ts";
import { checkBodyHead, hasNoBody, readJson } from "./read-body.ts";
import { readIfMatch, readInput } from "./read-input.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { type DocumentTexts, sendDocument } from "./send-document.ts";

export interface RouteParts {
  readonly app: FastifyInstance;
  readonly door: Door;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ApiSettings;
  readonly headers: SecurityHeaders;
  readonly texts: DocumentTexts;
}

/** Answers a failure with a problem. RFC 9457. What nobody foresaw goes to the log with the number of the request, and no further. */
export function sendProblem(
  parts: Pick<RouteParts, "log" | "headers">,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const problem = problemOf(error, request.id);
  const { method, url } = request;
  const path = url.split("?", 1)[0];
  const gone = reply.raw.destroyed || request.raw.destroyed;
  if (problem.status >= 500 && !gone) parts.log.error({ request: request.id, method, path, error }, "a request failed");
  else parts.log.debug({ request: request.id, method, path, code: problem.code }, "a request was refused");
  // The handler was on its way with an answer of its own: all that is left is to break it off.
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return reply;
  }
  reply.code(problem.status).headers(parts.headers.data).headers(problemHeaders(error, problem.status));
  if (problem.status === 413 || problem.status === 408) reply.header("connection", "close");
  // As bytes: Fastify adds a charset to texts, which this media type does not have.
  return reply.send(Buffer.from(JSON.stringify(problem)));
}

/** Serves one route: the door first, then the body, then what the schemas say, then the handler. */
function bindRoute<Route extends RouteSpec>(parts: RouteParts, route: Route, handler: Handler<Route>): void {
  const { app, clock, door, log, settings } = parts;
  const bounds = { most: settings.body, time: settings.requestTime, clock };
  const takesRevision = route.ifMatch === true || (route.etag !== undefined && route.method !== "GET" && route.method !== "POST");
  const writes = route.method !== "GET";
  app.route({
    method: route.method === "GET" && route.answer !== undefined ? ["GET", "HEAD"] : route.method,
    url: route.path.replaceAll(/\{([a-z]+)\}/g, ":$1"),
    handler: async (request, reply) => {
      const { raw } = request;
      try {
        const facts = factsOf(raw);
        const who = await door.admit(route, raw, facts);
        let body: Awaited<ReturnType<typeof readJson>> | undefined;
        if (route.body !== undefined && !hasNoBody(raw)) {
          const form = route.bodyForm ?? "json";
          const most = form === "bytes" ? settings.artifact : settings.body;
          checkBodyHead(raw, form, most);
          if (form !== "bytes") body = await readJson(raw, bounds);
        }
        const input = readInput(route, { params: request.params, query: request.query, body });
        const when = takesRevision ? readIfMatch(raw.headers["if-match"]) : {};
        const call = new ApiCall({ who, facts, when, request: raw, reply });
        const answer = await handler(call, input);
        if (writes)
          log.debug(
            { request: request.id, method: raw.method, path: request.url.split("?", 1)[0], actor: who.actor.id },
            "a write was served",
          );
        if (answer !== answered) sendDocument(parts, route, call, answer);
        return reply;
      } catch (error) {
        return sendProblem(parts, request, reply, error);
      }
    },
  });
}

/** Serves a table of routes. */
export function bindRoutes<Table extends RouteTable>(parts: RouteParts, table: Table, handlers: Handlers<Table>): void {
  for (const name in table) bindRoute(parts, table[name], handlers[name]);
}
