import type { Log } from "../../shared/base/log.ts";

/** Keeps what was logged, for assertions. */
export class FakeLog implements Log {
  readonly entries: { readonly level: "debug" | "info" | "warn" | "error"; readonly fields: object; readonly message: string }[] = [];

  debug(fields: object, message: string): void {
    this.entries.push({ level: "debug", fields, message });
  }
  info(fields: object, message: string): void {
    this.entries.push({ level: "info", fields, message });
  }
  warn(fields: object, message: string): void {
    this.entries.push({ level: "warn", fields, message });
  }
  error(fields: object, message: string): void {
    this.entries.push({ level: "error", fields, message });
  }
}
