import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { CommandUsage, GatewayRefused, GatewayUnreachable } from "./cli-errors.ts";

export interface GatewayClientParts {
  /** As in `http://127.0.0.1:8080`. */
  readonly url: string;
  /** API key or first-start token. */
  readonly token: string | undefined;
  readonly stop: AbortSignal;
  readonly fetch: typeof fetch;
}

/** How many documents a page has when all are wanted. */
const pageSize = 500;
/** An answer that takes longer is given up; streams are not answers. */
const answerTime = 30_000;

/** What a query string takes; absent members are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Speaks to a gateway's API on behalf of the command line. */
export class GatewayClient {
  readonly url: string;
  readonly #parts: GatewayClientParts;

  constructor(parts: GatewayClientParts) {
    this.#parts = parts;
    this.url = parts.url.replace(/\/+$/, "");
    if (!/^https?:\/\//.test(this.url))
      throw new CommandUsage(`--url ${parts.url} is no address; expected one such as http://127.0.0.1:8080`);
  }

  get(path: string, query: Query = {}): Promise<JsonValue> {
    return this.#json("GET", path, query);
  }

  post(path: string, body: JsonValue = {}, headers: Readonly<Record<string, string>> = {}): Promise<JsonValue> {
    return this.#json("POST", path, {}, body, headers);
  }

  patch(path: string, body: JsonValue, headers: Readonly<Record<string, string>> = {}): Promise<JsonValue> {
    return this.#json("PATCH", path, {}, body, headers);
  }

  async delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#json("DELETE", path, {}, undefined, headers);
  }

  /** All items of a list, page by page. */
  async *all(path: string, query: Query = {}): AsyncGenerator<JsonObject> {
    let cursor: JsonValue | undefined;
    do {
      const page = await this.get(path, { limit: pageSize, ...query, ...(typeof cursor === "string" && { cursor }) });
      if (!isJsonObject(page)) return;
      const { items } = page;
      if (Array.isArray(items)) for (const item of items) if (isJsonObject(item)) yield item;
      cursor = page["cursor"];
    } while (typeof cursor === "string");
  }

  /** An answer of bytes or a stream: its body is the caller's to read. */
  async open(
    path: string,
    query: Query = {},
    accept = "application/octet-stream",
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const answer = await this.#fetch("GET", path, query, undefined, { accept, ...headers }, this.#parts.stop);
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  /** The whole answer, with its headers: for logging in. */
  async raw(path: string, body: JsonValue): Promise<Response> {
    const answer = await this.#fetch("POST", path, {}, body, {}, this.#parts.stop);
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  async #json(
    method: string,
    path: string,
    query: Query,
    body?: JsonValue,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<JsonValue> {
    const signal = AbortSignal.any([this.#parts.stop, AbortSignal.timeout(answerTime)]);
    const answer = await this.#fetch(method, path, query, body, headers, signal);
    if (!answer.ok) throw await refusalOf(answer);
    if (answer.status === 204) return null;
    return JSON.parse(await answer.text());
  }

  async #fetch(
    method: string,
    path: string,
    query: Query,
    body: JsonValue | undefined,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const url = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const { token } = this.#parts;
    try {
      return await this.#parts.fetch(url, {
        method,
        signal,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" }),
          "user-agent": "penstock-cli",
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (this.#parts.stop.aborted) throw error;
      throw new GatewayUnreachable(this.url, error);
    }
  }
}

/** What the gateway says of its refusal. RFC 9457 §3.1. */
async function refusalOf(answer: Response): Promise<GatewayRefused> {
  const text = await answer.text().catch(() => "");
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    problem = undefined;
  }
  const { code, detail, title, remedy } = isJsonObject(problem) ? problem : {};
  const said =
    typeof detail === "string" ? detail : typeof title === "string" ? title : `the answer is ${answer.status} ${answer.statusText}`;
  const help = answer.status === 401 ? "log in with penstock login, or give --token" : remedy;
  return new GatewayRefused(answer.status, typeof code === "string" ? code : "", typeof help === "string" ? `${said}. ${help}` : said);
}
