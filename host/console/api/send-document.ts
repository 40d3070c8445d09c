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

/** Texts of documents, as long as the store keeps these: it gives the same one until it changes. */
export class DocumentTexts {
  readonly #texts = new WeakMap<object, string>();

  of(document: object): string {
    let text = this.#texts.get(document);
    if (text === undefined) {
      text = JSON.stringify(document);
      this.#texts.set(document, text);
    }
    return text;
  }
}

export interface SendParts {
  readonly headers: SecurityHeaders;
  readonly texts: DocumentTexts;
}

/** Sends what a handler gave as JSON, with its ETag where it is a document. Straight to the socket: nothing stands between that needs to see it. */
export function sendDocument(
  { headers, texts }: SendParts,
  route: RouteSpec,
  { reply, request }: ApiCall,
  answer: unknown,
): typeof answered {
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
  const kept = route.etag === "document" && route.method === "GET" && typeof answer === "object" && answer !== null;
  const text = kept ? texts.of(answer) : JSON.stringify(answer);
  const length = Buffer.byteLength(text);
  all.push("content-type", "application/json; charset=utf-8", "content-length", String(length));
  // ASCII goes out faster as what it is.
  response.writeHead(statusOf(route), all).end(text, length === text.length ? "latin1" : "utf8");
  return answered;
}
