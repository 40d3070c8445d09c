import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { HealthPart, HealthSource } from "../../shared/console/health-part.ts";
import { type Alive, WatchdogFeeder } from "./watchdog-feeder.ts";
import type { Notify } from "./watchdog-notify.ts";

export interface SystemdNotifierParts {
  /** The environment of the process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of this process. */
  readonly pid: number;
  /** Gives the way to send; asked for only where systemd listens. @throws {NotifyFailed} */
  readonly load: () => Notify;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long systemd lets the process be silent; `undefined` where it does not watch it. sd_watchdog_enabled(3). */
function limitOf({ environment, pid }: SystemdNotifierParts): Millis | undefined {
  const watched = environment["WATCHDOG_PID"];
  if (watched !== undefined && watched !== String(pid)) return undefined;
  const micros = Number(environment["WATCHDOG_USEC"]);
  return Number.isSafeInteger(micros) && micros > 0 ? millis(micros / 1000) : undefined;
}

/** A status is one line. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ").slice(0, 400);

/** Tells systemd how the board is, where systemd started it and asks. Everywhere else it does nothing. sd_notify(3). */
export class SystemdNotifier implements HealthSource, MetricSource, AsyncDisposable {
  readonly #parts: SystemdNotifierParts;
  readonly #socket: string | undefined;
  #notify: Notify | undefined;
  #trouble: string | undefined;
  #feeder: WatchdogFeeder | undefined;
  #closed: Promise<void> | undefined;
  /** How long systemd lets the board be silent; `undefined` where it does not watch. */
  readonly limit: Millis | undefined;

  /** Never throws: a board that cannot speak to systemd says so in log and health, and works on. */
  constructor(parts: SystemdNotifierParts) {
    this.#parts = parts;
    const { environment, load, log } = parts;
    const socket = environment["NOTIFY_SOCKET"];
    this.#socket = socket === undefined || socket === "" ? undefined : socket;
    this.limit = this.#socket === undefined ? undefined : limitOf(parts);
    if (this.#socket === undefined) return;
    try {
      this.#notify = load();
    } catch (error) {
      this.#trouble = codeAndReason(error).reason;
      log.error({ err: error }, "systemd waits to hear from the board and cannot");
    }
  }

  /** The board serves. Where systemd watches, it hears from the board from now on as long as that proves alive. @param status one line for people */
  ready(status: string, alive: Alive): void {
    const { clock, log } = this.#parts;
    this.#send(`READY=1\nSTATUS=${oneLine(status)}`);
    if (this.limit === undefined || this.#notify === undefined || this.#feeder !== undefined) return;
    const interval = millis(this.limit / 2);
    this.#feeder = new WatchdogFeeder({ name: "systemd", interval, alive, feed: async () => this.#tell("WATCHDOG=1"), clock, log });
    log.info({ limit: this.limit, interval }, "systemd's watchdog is fed from now on");
  }

  /** One line for `systemctl status`. */
  status(text: string): void {
    this.#send(`STATUS=${oneLine(text)}`);
  }

  /** The board begins to stop. */
  stopping(): void {
    this.#send("STOPPING=1\nSTATUS=stopping");
  }

  health(): readonly HealthPart[] {
    const name = "systemd";
    if (this.#trouble !== undefined) return [{ name, state: "degraded", detail: this.#trouble }];
    if (this.#feeder?.state === "hungry") return [{ name, state: "failing", detail: "not told, since the board does not prove alive" }];
    return this.#socket === undefined
      ? []
      : [{ name, state: "ok", ...(this.limit !== undefined && { detail: `watches, ${this.limit} ms` }) }];
  }

  metrics(): readonly Metric[] {
    return this.#feeder?.metrics() ?? [];
  }

  /** Tells nothing more. */
  close(): Promise<void> {
    this.#closed ??= this.#feeder?.close() ?? Promise.resolve();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #tell(message: string): void {
    if (this.#socket === undefined) return;
    this.#notify?.(this.#socket, message);
    if (this.#notify !== undefined) this.#trouble = undefined;
  }

  #send(message: string): void {
    try {
      this.#tell(message);
    } catch (error) {
      const { reason } = codeAndReason(error);
      if (reason !== this.#trouble) this.#parts.log.error({ err: error }, "systemd could not be told how the board is");
      this.#trouble = reason;
    }
  }
}
