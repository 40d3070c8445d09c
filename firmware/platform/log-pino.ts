import { pino, stdTimeFunctions } from "pino";
import type { Log } from "../../shared/base/log.ts";

export const LogLevel = { debug: "debug", info: "info", warn: "warn", error: "error" } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** JSON lines on standard output, one event a line, time in ISO 8601. Written at once: a line logged before a crash is a line kept. */
export function openLog(level: LogLevel, name: string): Log {
  return pino({ level, base: { name }, timestamp: stdTimeFunctions.isoTime, redact: { paths: ["password", "*.password"], remove: true } });
}
