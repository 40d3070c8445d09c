import { type Bytes, bytes, type Millis, millis } from "../../../shared/base/units.ts";
import type { Rate } from "./token-buckets.ts";

/** Bounds of the API. */
export interface ApiSettings {
  /** Of JSON. */
  readonly body: Bytes;
  readonly artifact: Bytes;
  /** Requests of one user. */
  readonly userRate: Rate;
  /** Requests of one key. */
  readonly keyRate: Rate;
  /** Requests without a log-in, of one address. */
  readonly addressRate: Rate;
  /** Log-ins, and requests with a wrong key or cookie, of one address. */
  readonly loginRate: Rate;
  readonly refusedRate: Rate;
  /** Askers whose rates are remembered. */
  readonly askers: number;
  readonly connections: number;
  /** For a body of JSON to come, and between two pieces of an upload. */
  readonly requestTime: Millis;
  /** All headers of a request. */
  readonly headers: Bytes;
  /** Open streams of one asker, and of all. */
  readonly streamsOfOne: number;
  readonly streams: number;
  /** Values of a stream are put together for so long. */
  readonly coalesce: Millis;
  /** Comments that keep a quiet stream open. */
  readonly keepAlive: Millis;
  /** A stream that takes nothing for so long is ended. */
  readonly stuck: Millis;
  /** Names beside the address that browsers may know the gateway by; only asked for where it listens on loopback. */
  readonly hostNames: readonly string[];
}

export const apiDefaults: ApiSettings = {
  body: bytes(1_048_576),
  artifact: bytes(536_870_912),
  userRate: { perSecond: 200, burst: 400 },
  keyRate: { perSecond: 1000, burst: 2000 },
  addressRate: { perSecond: 200, burst: 400 },
  loginRate: { perSecond: 0.5, burst: 20 },
  refusedRate: { perSecond: 5, burst: 50 },
  askers: 10_000,
  connections: 1000,
  requestTime: millis(30_000),
  headers: bytes(16_384),
  streamsOfOne: 16,
  streams: 512,
  coalesce: millis(20),
  keepAlive: millis(15_000),
  stuck: millis(30_000),
  hostNames: [],
};
