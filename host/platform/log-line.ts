import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Instant } from "../../shared/base/units.ts";

export type LogLineLevel = "debug" | "info" | "warn" | "error";

const show = (value: unknown): string => {
  // An error has nothing that JSON shows; what it says is enough for people.
  const plain = value instanceof Error ? value.message : value;
  return typeof plain === "string" && !/[\s"=]/.test(plain) ? plain : (JSON.stringify(plain) ?? String(plain));
};

/** One event as people read it: `14:03:07 warn  board: message (key=value)`. Time in UTC. */
export function logLine(at: Instant, level: LogLineLevel, source: string, message: string, fields: object): string {
  const details = Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`);
  return `${new Date(at).toISOString().slice(11, 19)} ${level.padEnd(5)} ${source}: ${message}${details.length === 0 ? "" : ` (${details.join(" ")})`}`;
}

/** The supervisor's own log: lines for people; `debug` is left out. */
export class LineLog implements Log {
  readonly #clock: Clock;
  readonly #source: string;
  readonly #write: (line: string) => void;

  constructor(parts: { readonly clock: Clock; readonly source: string; readonly write: (line: string) => void }) {
    this.#clock = parts.clock;
    this.#source = parts.source;
    this.#write = parts.write;
  }

  debug(): void {}
  info(fields: object, message: string): void {
    this.#write(logLine(this.#clock.wall(), "info", this.#source, message, fields));
  }
  warn(fields: object, message: string): void {
    this.#write(logLine(this.#clock.wall(), "warn", this.#source, message, fields));
  }
  error(fields: object, message: string): void {
    this.#write(logLine(this.#clock.wall(), "error", this.#source, message, fields));
  }
}
