import type { JsonValue } from "../../shared/base/json.ts";

/** One request as a scripted gateway got it. */
export interface GatewayCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: string;
}

type Answer = Response | JsonValue | ((call: GatewayCall) => Response | JsonValue);

/** Answers requests of the command line from a table: `GET /api/v1/things` to what is said; what is not in it is 404. */
export class ScriptedGateway {
  readonly calls: GatewayCall[] = [];
  readonly #answers: Record<string, Answer>;

  constructor(answers: Record<string, Answer>) {
    this.#answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init.method ?? "GET";
    const call = { method, target: `${url.pathname}${url.search}`, headers: new Headers(init.headers), body: String(init.body ?? "") };
    this.calls.push(call);
    const found = this.#answers[`${method} ${call.target}`] ?? this.#answers[`${method} ${url.pathname}`];
    if (found === undefined) return problem(404, "EDGE_NOT_FOUND", `there is no ${url.pathname}`);
    const answer = typeof found === "function" ? found(call) : found;
    return answer instanceof Response ? answer.clone() : Response.json(answer);
  };
}

/** An answer as RFC 9457 shapes it. */
export function problem(status: number, code: string, detail: string, remedy?: string): Response {
  return Response.json(
    { type: `urn:penstock:error:${code}`, title: "no", status, code, detail, ...(remedy !== undefined && { remedy }) },
    { status },
  );
}
