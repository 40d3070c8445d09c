import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { RequestInvalid } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import { problemOf } from "./problem-of.ts";

/** Bounds of HTTP itself, milliseconds. */
const longestRequest = 3_600_000;
const headersTime = 20_000;

/** What Fastify refuses by itself, as our own refusal: paths that are no UTF-8, and the like. */
export function unreadable(error: unknown): unknown {
  const refused = error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500;
  return refused ? new RequestInvalid([{ path: "/path", message: "cannot be read", expected: "a path of this API" }]) : error;
}

/** No route has a schema that Fastify is to compile. */
const uncompiled = (): never => {
  throw new TypeError("schemas of routes are checked by the API itself");
};

/** Answers what is no HTTP, or has headers that are too large or too slow, and hangs up. */
function refuseUnreadable(error: Error, socket: Socket): void {
  if ("code" in error && error.code === "ECONNRESET") return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const code = "code" in error ? error.code : undefined;
  const status = code === "HPE_HEADER_OVERFLOW" ? 431 : code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const problem = problemOf(new RequestInvalid([{ path: "/headers", message: "cannot be read", expected: "HTTP/1.1" }]), "none");
  const body = JSON.stringify({ ...problem, status });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Fastify without its parsers and compilers: bodies are read behind the door, and schemas are checked by ours. */
export function makeApp(
  settings: ApiSettings,
  pair: { readonly cert: Buffer; readonly key: Buffer } | undefined,
  refuse: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void,
): FastifyInstance {
  const common = {
    logger: false,
    frameworkErrors: refuse,
    bodyLimit: settings.body,
    // Uploads may take long; everything else has a time of its own.
    requestTimeout: longestRequest,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    // Fastify would load its own otherwise, with a megabyte of what they need.
    schemaController: { compilersFactory: { buildValidator: uncompiled, buildSerializer: uncompiled } },
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: false, caseSensitive: true },
  } as const;
  const http = { maxHeaderSize: settings.headers, headersTimeout: headersTime };
  const app: FastifyInstance =
    pair === undefined ? fastify({ ...common, http }) : fastify({ ...common, https: { ...http, ...pair, minVersion: "TLSv1.2" } });
  app.server.maxConnections = settings.connections;
  app.setErrorHandler(refuse);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  return app;
}
