import type { Problem } from "../../../../../shared/base/problem.ts";
import { isRecord } from "../logic/same-value.ts";
import { RequestFailed } from "./request-failed.ts";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function problemsIn(value: unknown): readonly Problem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item)
      ? [{ path: text(item["path"]) ?? "", message: text(item["message"]) ?? "is wrong", expected: text(item["expected"]) ?? "" }]
      : [],
  );
}

const titles: Readonly<Record<number, string>> = {
  401: "You are not logged in",
  403: "You may not do this",
  404: "Not found",
  409: "It is in the way of something else",
  412: "Somebody changed it meanwhile",
  429: "Too many requests",
};

/** Makes a failure of an answer's status and body. RFC 9457. @param retryAfter the header, seconds */
export function readProblem(status: number, body: unknown, retryAfter: string | null): RequestFailed {
  const facts = isRecord(body) ? body : {};
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  const title = titles[status] ?? text(facts["title"]) ?? `Answer ${status}`;
  return new RequestFailed({
    status,
    code: text(facts["code"]) ?? `HTTP_${status}`,
    title,
    detail: text(facts["detail"]) ?? text(facts["title"]) ?? title,
    remedy: text(facts["remedy"]),
    problems: problemsIn(facts["problems"]),
    retryAfter: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  });
}
