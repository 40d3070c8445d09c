import type { ServerResponse } from "node:http";
import { type RouteSpec, statusOf } from "../../../shared/console/api/route-spec.ts";
import type { ApiCall } from "./api-call.ts";
import { answered } from "./api-call.ts";
import type { SecurityHeaders } from "./security-headers.ts";

const revisionOf = (answer: unknown): number | undefined =>
  typeof answer === "object" && answer !== null && "rev" in answer && typeof answer.rev === "number" ? answer.rev : undefined;

function sendNothing(response: ServerResponse, status: number, headers: readonly string[]): void {
  response.writeHead(status, [...headers]).end();
}

/** Sends what a handler gave as JSON, with its ETag where it is a document. Straight to the socket: nothing stands between that needs to see it. */
export function sendDocument(route: RouteSpec, headers: SecurityHeaders, { reply, request }: ApiCall, answer: unknown): typeof answered {
  const response = reply.hijack().raw;
  if (answer === undefined || route.answer === undefined) {
    sendNothing(response, 204, headers.list);
    return answered;
  }
  const all = [...headers.list];
  const rev = route.etag === undefined ? undefined : revisionOf(answer);
  if (rev !== undefined) {
    const etag = `"rev-${rev}"`;
    all.push("etag", etag);
    if (route.etag === "document" && route.method === "GET" && request.headers["if-none-match"] === etag) {
      sendNothing(response, 304, all);
      return answered;
    }
  }
  const text = JSON.stringify(answer);
  const length = Buffer.byteLength(text);
  all.push("content-type", "application/json; charset=utf-8", "content-length", String(length));
  // ASCII goes out faster as what it is.
  response.writeHead(statusOf(route), all).end(text, length === text.length ? "latin1" : "utf8");
  return answered;
}
