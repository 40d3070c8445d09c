import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { ReconcileFailure } from "./reconciler.ts";

/** What is kept of a key that did not succeed at once. */
export interface ReconcileRecord {
  /** Of this intent. */
  readonly intent: number;
  readonly attempts: number;
  /** When it is tried again; milliseconds since 1970. */
  readonly retryAt?: number;
  readonly error?: ReconcileFailure;
}

export const recordKey = (kind: string, key: string): string => `rk/${kind}/${key}`;

export function recordAsJson({ intent, attempts, retryAt, error }: ReconcileRecord): JsonObject {
  return { intent, attempts, ...(retryAt !== undefined && { retryAt }), ...(error !== undefined && { error: { ...error } }) };
}

const isNumber = (value: JsonValue | undefined): value is number => typeof value === "number";

/** Reads what was kept; `undefined` for anything else. */
export function recordOf(value: JsonValue): ReconcileRecord | undefined {
  if (!isJsonObject(value) || !isNumber(value["intent"]) || !isNumber(value["attempts"])) return undefined;
  const { intent, attempts, retryAt } = value;
  const error = failureOf(value["error"]);
  return { intent, attempts, ...(isNumber(retryAt) && { retryAt }), ...(error !== undefined && { error }) };
}

function failureOf(value: JsonValue | undefined): ReconcileFailure | undefined {
  if (!isJsonObject(value)) return undefined;
  const { code, message, attempts, since } = value;
  if (typeof code !== "string" || typeof message !== "string" || !isNumber(attempts) || !isNumber(since)) return undefined;
  return { code, message, attempts, since };
}
