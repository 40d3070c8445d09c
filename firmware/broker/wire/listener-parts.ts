import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { LimitSettings, ListenerSettings } from "../../../shared/broker/broker-settings.ts";
import type { HalfOpen } from "./half-open.ts";
import type { Wire, WireEvents } from "./wire.ts";

/** What a listener needs. */
export interface ListenerParts {
  readonly settings: ListenerSettings;
  readonly limits: LimitSettings;
  readonly halfOpen: HalfOpen;
  readonly clock: Clock;
  readonly log: Log;
  /** A connection was turned away because there are too many. */
  readonly dropped: () => void;
  /** Takes a new connection and gives back who hears of what happens on it. */
  readonly accept: (wire: Wire, loopback: boolean) => WireEvents;
}

/** What a TLS listener shows, and what it asks of clients. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: "TLSv1.2";
}
