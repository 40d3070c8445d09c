import { pino, stdSerializers, stdTimeFunctions } from "pino";
import { EdgeError } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";

export const LogLevel = { debug: "debug", info: "info", warn: "warn", error: "error" } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** An error that was foreseen says what there is to know by its code and message; where it was thrown tells nobody more. */
const errorFields = (error: unknown): unknown =>
  error instanceof EdgeError ? { code: error.code, message: error.message } : error instanceof Error ? stdSerializers.err(error) : error;

/** JSON lines on standard output, one event a line, time in ISO 8601. Written at once: a line logged before a crash is a line kept. */
export function openLog(level: LogLevel, name: string): Log {
  return pino({
    level,
    base: { name },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: ["password", "*.password"], remove: true },
    serializers: { err: errorFields },
  });
}
