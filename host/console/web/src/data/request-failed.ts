import type { Problem } from "../../../../../shared/base/problem.ts";

/** An answer that is not the one asked for. RFC 9457 where the gateway said why. */
export class RequestFailed extends Error {
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** The gateway's error code, or what stands for it where it said none. */
  readonly problemCode: string;
  readonly title: string;
  readonly remedy: string | undefined;
  readonly problems: readonly Problem[];
  /** Milliseconds after which to ask again, where the gateway said so. */
  readonly retryAfter: number | undefined;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly title: string;
    readonly detail: string;
    readonly remedy?: string | undefined;
    readonly problems?: readonly Problem[] | undefined;
    readonly retryAfter?: number | undefined;
  }) {
    super(facts.detail);
    this.status = facts.status;
    this.problemCode = facts.code;
    this.title = facts.title;
    this.remedy = facts.remedy;
    this.problems = facts.problems ?? [];
    this.retryAfter = facts.retryAfter;
  }

  /** True when the gateway could not be reached or is not up. */
  get away(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** The failure behind whatever was thrown. */
export function failureOf(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new RequestFailed({ status: 0, code: "NO_ANSWER", title: "The gateway does not answer", detail });
}
