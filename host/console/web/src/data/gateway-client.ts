import { readProblem } from "./read-problem.ts";
import { failureOf } from "./request-failed.ts";

/** What a request may carry. */
export interface RequestParts {
  readonly body?: unknown;
  /** The revision that the person saw. */
  readonly ifRev?: number | undefined;
  readonly stop?: AbortSignal | undefined;
}

/** Talks to the gateway's REST API. What comes back was checked against the same schemas that the types are made of. */
export class GatewayClient {
  readonly #fetch: typeof fetch;
  /** Of the session; sent with everything that changes something. */
  csrf: string | undefined;
  /** Called when the gateway says that nobody is logged in any more. */
  onLoggedOut: (() => void) | undefined;

  constructor(parts: { readonly fetch: typeof fetch }) {
    this.#fetch = parts.fetch;
  }

  /** @throws {RequestFailed} */
  get<T>(path: string, stop?: AbortSignal): Promise<T> {
    return this.#call("GET", path, { stop });
  }

  /** @throws {RequestFailed} */
  post<T>(path: string, body?: unknown): Promise<T> {
    return this.#call("POST", path, { body });
  }

  /** Merge patch. RFC 7396. @throws {RequestFailed} */
  patch<T>(path: string, body: unknown, ifRev?: number): Promise<T> {
    return this.#call("PATCH", path, { body, ifRev });
  }

  /** @throws {RequestFailed} */
  async delete(path: string, ifRev?: number): Promise<void> {
    await this.#call("DELETE", path, { ifRev });
  }

  /** Opens an event stream; the body is read by the caller. @throws {RequestFailed} */
  async stream(path: string, stop: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#send("GET", path, { stop }, "text/event-stream");
    if (answer.body === null) throw failureOf(new Error("the stream has no body"));
    return answer.body;
  }

  async #call<T>(method: string, path: string, parts: RequestParts): Promise<T> {
    const answer = await this.#send(method, path, parts, "application/json");
    const text = await answer.text().catch((error: unknown) => {
      throw failureOf(error);
    });
    // An answer without a body is asked for as `undefined` or not looked at.
    return JSON.parse(text === "" ? "null" : text) ?? undefined;
  }

  async #send(method: string, path: string, { body, ifRev, stop }: RequestParts, accept: string): Promise<Response> {
    const headers = new Headers({ accept });
    if (body !== undefined) headers.set("content-type", method === "PATCH" ? "application/merge-patch+json" : "application/json");
    if (ifRev !== undefined) headers.set("if-match", `"rev-${ifRev}"`);
    if (method !== "GET" && this.csrf !== undefined) headers.set("x-csrf-token", this.csrf);
    let answer: Response;
    try {
      answer = await this.#fetch(`/api/v1${path}`, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(stop !== undefined && { signal: stop }),
      });
    } catch (error) {
      throw failureOf(error);
    }
    if (answer.ok) return answer;
    const problem: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 401 && !path.startsWith("/session")) this.onLoggedOut?.();
    throw readProblem(answer.status, problem, answer.headers.get("retry-after"));
  }
}

/** An id as one step of a path. */
export const step = (id: string): string => encodeURIComponent(id);

/** A path with a query of what is given. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`]));
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
