import type { MetricSource } from "../../../shared/base/metric.ts";

/** What happens on the way to boards. Calls must not throw. */
export interface TransportListener {
  /** The way stands: boards can be called. */
  up(): void;
  /** The way is broken; it is mended without anybody's doing. @param reason one sentence */
  down(reason: string): void;
  /** A message of a board's link. @param address where it came from, where the transport knows */
  message(board: string, payload: Uint8Array, address?: string): void;
  /** A sample on a data topic of the gateway's own broker. */
  data(thing: string, feature: string, payload: Uint8Array): void;
}

/** The way to boards and back: bounded, fair between boards, and mended by itself. What is lost on it is asked for again by the link. */
export interface BoardTransport extends MetricSource {
  readonly connected: boolean;
  /** Begins to listen; one listener. Calls `up` when the way stands, now or later. */
  listen(listener: TransportListener): void;
  /** Hands a message on to a board's link, or drops it when too much waits. Never waits. */
  send(board: string, payload: Uint8Array): void;
  close(): Promise<void>;
}
