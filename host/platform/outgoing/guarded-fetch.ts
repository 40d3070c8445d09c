import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "../../../shared/base/clock.ts";
import { Stopped, type StopSignal, throwIfStopped } from "../../../shared/base/stop-signal.ts";
import { type Bytes, bytes, type Millis, millis } from "../../../shared/base/units.ts";
import { guardedLookup, type Resolve } from "./guarded-lookup.ts";
import { OutgoingFailed, OutgoingRefused } from "./outgoing-errors.ts";
import { type OutgoingUrl, showUrl } from "./outgoing-url.ts";

export interface OutgoingRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface OutgoingAnswer {
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface GuardedFetchParts {
  readonly urls: OutgoingUrl;
  readonly clock: Clock;
  /** Finds the addresses of names; default as the system does. */
  readonly resolve?: Resolve;
  /** All of the request, redirects included; default 15 s. */
  readonly patience?: Millis;
  /** Of the answer's body; default 1 MiB. */
  readonly mostBody?: Bytes;
  readonly mostRedirects?: number;
  /** PEM of authorities beside those of the system. */
  readonly authorities?: string;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What must not follow a redirect to another origin. */
const secretHeaders: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Requests to URLs that users set: every hop is checked, and time, redirects and size are bounded. */
export class GuardedFetch {
  readonly #parts: GuardedFetchParts;

  constructor(parts: GuardedFetchParts) {
    this.#parts = parts;
  }

  /** @throws {OutgoingRefused} {OutgoingFailed} {Stopped} */
  async fetch(text: string, wanted: OutgoingRequest, stop: StopSignal): Promise<OutgoingAnswer> {
    throwIfStopped(stop);
    const { clock, mostRedirects = 3, patience = millis(15_000), urls } = this.#parts;
    const end = clock.monotonic() + patience;
    let request = wanted;
    let url = urls.check(text);
    for (let hop = 0; ; hop++) {
      const answer = await this.#once(url, request, millis(end - clock.monotonic()), stop);
      const { location } = answer.headers;
      if (!redirects.has(answer.status) || location === undefined) return answer;
      if (hop >= mostRedirects) throw new OutgoingRefused(showUrl(url), `more than ${mostRedirects} redirects`);
      if (!URL.canParse(location, url.href)) throw new OutgoingRefused(showUrl(url), "it redirects to what is no URL");
      const next = urls.check(new URL(location, url).href);
      if (url.protocol === "https:" && next.protocol !== "https:") {
        throw new OutgoingRefused(showUrl(next), "a redirect would leave TLS");
      }
      request = redirected(request, answer.status, next.origin === url.origin);
      url = next;
    }
  }

  #once(url: URL, { body, headers, method }: OutgoingRequest, patience: Millis, stop: StopSignal): Promise<OutgoingAnswer> {
    const { authorities, clock, mostBody = bytes(1_048_576), resolve, urls } = this.#parts;
    const failed = (why: string, cause?: unknown): OutgoingFailed => new OutgoingFailed(showUrl(url), why, cause);
    return new Promise<OutgoingAnswer>((done, fail) => {
      const options = {
        method,
        headers: { ...headers, ...(body !== undefined && { "content-length": body.length }) },
        // A kept connection would be to an address of another check.
        agent: false,
        lookup: guardedLookup(urls, resolve),
        maxHeaderSize: 16_384,
        ...(authorities !== undefined && { ca: authorities }),
      };
      const finish = (): void => {
        disarm();
        stop.removeEventListener("abort", onStop);
      };
      const giveUp = (error: Error): void => {
        finish();
        sent.destroy();
        fail(error);
      };
      const take = (answer: IncomingMessage): void => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on("data", (part: Buffer) => {
          size += part.length;
          if (size > mostBody) giveUp(failed(`the answer is larger than ${mostBody} bytes`));
          else parts.push(part);
        });
        answer.on("error", (error) => giveUp(failed(error.message, error)));
        answer.on("end", () => {
          finish();
          done({ url: url.href, status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) });
        });
      };
      const sent = url.protocol === "https:" ? requestHttps(url, options, take) : requestHttp(url, options, take);
      const disarm = clock.after(millis(Math.max(0, patience)), () => giveUp(failed("no whole answer came in time")));
      const onStop = (): void => giveUp(new Stopped());
      stop.addEventListener("abort", onStop);
      sent.on("error", (error) => giveUp(error instanceof OutgoingRefused ? error : failed(error.message, error)));
      sent.end(body);
    });
  }
}

/** The request for the next hop. RFC 9110 §15.4. */
function redirected({ body, headers = {}, method }: OutgoingRequest, status: number, sameOrigin: boolean): OutgoingRequest {
  const kept = Object.entries(headers).filter(([name]) => sameOrigin || !secretHeaders.has(name.toLowerCase()));
  const asGet = method !== "HEAD" && (status === 303 || ((status === 301 || status === 302) && method === "POST"));
  return {
    method: asGet ? "GET" : method,
    headers: Object.fromEntries(kept.filter(([name]) => !asGet || !name.toLowerCase().startsWith("content-"))),
    ...(!asGet && body !== undefined && { body }),
  };
}
