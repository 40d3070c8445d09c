import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { ProblemDocument } from "../../../shared/console/api/problem-api.ts";
import { errorCatalogue } from "../../../shared/console/error-catalogue.ts";
import { problemStatus } from "./problem-status.ts";

const internal = "EDGE_INTERNAL";

/** Errors whose messages name files of the gateway. */
const untold: ReadonlySet<string> = new Set([internal, "EDGE_STORE_FAILED"]);

/** Words where the catalogue has none. */
const unknown = { meaning: "Something failed that should not be able to.", remedy: "Report it with the log entry of that moment." };

const entryOf = (code: string) => new Map(Object.entries(errorCatalogue)).get(code) ?? unknown;

const problemsOf = (error: EdgeError): Pick<ProblemDocument, "problems"> =>
  "problems" in error && Array.isArray(error.problems) ? { problems: error.problems } : {};

/**
 * What is answered to an error. Of what nobody foresaw nothing is told but a number: messages name files.
 * @param instance number of the request
 */
export function problemOf(error: unknown, instance: string): ProblemDocument {
  const known = error instanceof EdgeError ? error : undefined;
  const status = known === undefined ? undefined : problemStatus[known.code];
  const code = known === undefined || status === undefined ? internal : known.code;
  const { meaning, remedy } = entryOf(code);
  const told = known !== undefined && status !== undefined && !untold.has(code);
  return {
    type: `urn:penstock:error:${code}`,
    title: meaning,
    status: status ?? 500,
    detail: told ? known.message : meaning,
    code,
    remedy,
    instance,
    ...(told && problemsOf(known)),
  };
}

/** Headers that belong to a problem. RFC 9110 §10.2.3, §10.2.1, §11.6.1 */
export function problemHeaders(error: unknown, status: number): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="penstock"';
  if (error instanceof EdgeError && "retryAfter" in error && typeof error.retryAfter === "number")
    headers["retry-after"] = String(Math.max(1, Math.ceil(error.retryAfter / 1000)));
  if (error instanceof EdgeError && "allow" in error && typeof error.allow === "string") headers["allow"] = error.allow;
  return headers;
}
