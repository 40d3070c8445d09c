import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** The API would be reachable from other machines without TLS. */
export class HttpExposed extends EdgeError {
  readonly code = "EDGE_HTTP_EXPOSED";
  readonly host: string;
  constructor(host: string) {
    super(`API and console would be served on ${host} without TLS; give --http-cert and --http-key, or listen on 127.0.0.1`);
    this.host = host;
  }
}

/** Certificate or key cannot be used. */
export class HttpCertificateUnusable extends EdgeError {
  readonly code = "EDGE_HTTP_CERTIFICATE";
  constructor(files: string, cause: unknown) {
    super(`${files} cannot be used as certificate and key of API and console: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** A request has parts that are not as the route wants them. */
export class RequestInvalid extends EdgeError {
  readonly code = "EDGE_REQUEST_INVALID";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message, expected }) => `${path} ${message}, expected ${expected}`).join("; "));
    this.problems = problems;
  }
}

/** The body is not JSON. RFC 8259. */
export class BodyNotJson extends EdgeError {
  readonly code = "EDGE_BODY_NOT_JSON";
  constructor(why: string) {
    super(`the body is not JSON: ${why}`);
  }
}

/** The body is larger than the route takes. RFC 9110 §15.5.14. */
export class BodyTooLarge extends EdgeError {
  readonly code = "EDGE_BODY_TOO_LARGE";
  constructor(most: number) {
    super(`the body is larger than ${most} bytes`);
  }
}

/** The body did not come in time. RFC 9110 §15.5.9. */
export class RequestSlow extends EdgeError {
  readonly code = "EDGE_REQUEST_SLOW";
  constructor(most: Millis) {
    super(`the body did not come within ${most} ms`);
  }
}

/** The body is of another media type than the route takes. RFC 9110 §15.5.16. */
export class MediaTypeRefused extends EdgeError {
  readonly code = "EDGE_MEDIA_TYPE";
  constructor(found: string, wanted: readonly string[]) {
    super(`the body is sent as ${found === "" ? "nothing" : JSON.stringify(found.slice(0, 80))}; this route takes ${wanted.join(" or ")}`);
  }
}

/** Nothing is served there. */
export class RouteUnknown extends EdgeError {
  readonly code = "EDGE_ROUTE_UNKNOWN";
  constructor(path: string) {
    super(`nothing is served at ${JSON.stringify(path.slice(0, 200))}`);
  }
}

/** The path is served, but not by this method. RFC 9110 §15.5.6. */
export class MethodRefused extends EdgeError {
  readonly code = "EDGE_METHOD_REFUSED";
  readonly allow: string;
  constructor(method: string, allow: string) {
    super(`${method} is not served there; ${allow} is`);
    this.allow = allow;
  }
}

/** More requests than the asker may send. RFC 6585 §4. */
export class RateExceeded extends EdgeError {
  readonly code = "EDGE_RATE_EXCEEDED";
  readonly retryAfter: Millis;
  constructor(retryAfter: Millis) {
    super(`too many requests; wait ${Math.ceil(retryAfter / 1000)} s`);
    this.retryAfter = retryAfter;
  }
}

/** The bound of open streams is met. */
export class StreamsFull extends EdgeError {
  readonly code = "EDGE_STREAMS_FULL";
  readonly retryAfter = millis(5000);
  constructor(whose: string, most: number) {
    super(`${whose} ${most} streams open already`);
  }
}

/** The request names another host than the gateway, as a page that rebinds its name does. RFC 9110 §15.5.20. */
export class HostRefused extends EdgeError {
  readonly code = "EDGE_HTTP_HOST";
  constructor(host: string) {
    super(`the gateway is not ${JSON.stringify(host.slice(0, 100))}`);
  }
}

/** A page of another origin sent the request. */
export class OriginRefused extends EdgeError {
  readonly code = "EDGE_HTTP_ORIGIN";
  constructor(origin: string) {
    super(`requests of ${JSON.stringify(origin.slice(0, 100))} are not taken with a cookie`);
  }
}

/** Logged in, but good for setting a password only. */
export class PasswordFirst extends EdgeError {
  readonly code = "EDGE_PASSWORD_FIRST";
  constructor() {
    super("a password has to be set before anything else");
  }
}

/** Something of which there can be one at a time is under way. */
export class AlreadyUnderWay extends EdgeError {
  readonly code = "EDGE_ALREADY_UNDER_WAY";
  readonly retryAfter = millis(10_000);
  constructor(what: string) {
    super(`${what} is under way already`);
  }
}
