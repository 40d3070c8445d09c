import { type Millis, millis } from "../../base/units.ts";

/** How both ends keep time. */
export const linkTimes = Object.freeze({
  /** Announce and heartbeat. */
  beat: millis(10_000),
  /** Nothing was heard for so long: the other end is gone. */
  silence: millis(30_000),
  /** A call is answered within this time, or made again. */
  answer: millis(10_000),
}) satisfies Readonly<Record<string, Millis>>;

/** A call that was made so often in vain ends the session. */
export const mostTries = 3;

/** What a board may be told about sending. */
export interface BoardLinkSettings {
  /** Records and bytes of one append at most. */
  readonly batchRecords: number;
  readonly batchBytes: number;
  /** Bytes of appends on their way without an answer, at most. */
  readonly windowBytes: number;
  /** Appends of one stream on their way, at most. */
  readonly flights: number;
  /** Old records a second at most; `undefined` for no bound. */
  readonly catchUp: number | undefined;
  /** When newest values go ahead of their records: while their stream is behind, or always. */
  readonly live: "behind" | "always";
  /** Between two messages of newest values. */
  readonly liveInterval: Millis;
}

export const defaultBoardLink: BoardLinkSettings = Object.freeze({
  batchRecords: 2000,
  batchBytes: 131_072,
  windowBytes: 1_048_576,
  flights: 16,
  catchUp: undefined,
  live: "always",
  liveInterval: millis(20),
});

/** What a gateway may be told about asking. */
export interface GatewayLinkSettings {
  /** Records and bytes of one append at most. */
  readonly batchRecords: number;
  readonly batchBytes: number;
  /** Bytes that may wait to be kept; what comes beyond is asked for again. */
  readonly waitingBytes: number;
}

export const defaultGatewayLink: GatewayLinkSettings = Object.freeze({ batchRecords: 5000, batchBytes: 524_288, waitingBytes: 8_388_608 });
