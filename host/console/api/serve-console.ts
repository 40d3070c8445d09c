import type { FastifyReply, FastifyRequest } from "fastify";
import { MethodRefused, RouteUnknown } from "./api-errors.ts";
import type { ConsoleFile, ConsoleFiles } from "./console-files.ts";
import type { SecurityHeaders } from "./security-headers.ts";

const unbuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Penstock</title></head>
<body><h1>Penstock</h1><p>The gateway is running, but its console was not built. Run <code>npm run build</code> and start the gateway again.</p>
<p>The API is there all the same: see <a href="/api/docs">/api/docs</a>.</p></body></html>
`;

/** True when the header names the coding and does not refuse it. RFC 9110 §12.5.3 */
const accepts = (header: string | string[] | undefined, coding: string): boolean =>
  String(header ?? "")
    .split(",")
    .some((part) => {
      const [name = "", weight = ""] = part.split(";");
      return name.trim() === coding && !/^\s*q=0(\.0*)?\s*$/.test(weight);
    });

function form(file: ConsoleFile, coding: string | string[] | undefined): { readonly bytes: Buffer; readonly coding?: string } {
  if (file.br !== undefined && accepts(coding, "br")) return { bytes: file.br, coding: "br" };
  if (file.gzip !== undefined && accepts(coding, "gzip")) return { bytes: file.gzip, coding: "gzip" };
  return { bytes: file.plain };
}

/** Answers with a file of the console. @throws {RouteUnknown} {MethodRefused} */
export function serveConsole(
  files: ConsoleFiles | undefined,
  headers: SecurityHeaders,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const url = request.url.split("?", 1)[0] ?? "/";
  if (request.method !== "GET" && request.method !== "HEAD") throw new MethodRefused(request.method, "GET, HEAD");
  if (files === undefined) {
    if (url !== "/") throw new RouteUnknown(url);
    return reply.code(503).headers(headers.page).header("cache-control", "no-store").type("text/html; charset=utf-8").send(unbuilt);
  }
  const file = files.find(url);
  if (file === undefined) throw new RouteUnknown(url);
  reply
    .headers(headers.page)
    .header("etag", file.etag)
    .header("vary", "accept-encoding")
    .header("cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
  const { bytes, coding } = form(file, request.headers["accept-encoding"]);
  if (coding !== undefined) reply.header("content-encoding", coding);
  return reply.type(file.type).send(bytes);
}
