import type { MetricSource } from "../base/metric.ts";

/** One message as a handler sees it. */
export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Account name of the publisher, `anonymous` for an anonymous client of the loopback listener, `board` for the board itself. */
  readonly principal: string;
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** The board's own MQTT broker, as the other rooms see it. */
export interface Broker extends MetricSource {
  /** Publishes as the board. Resolves when the broker took the message: for QoS 1 or retained, when it is on disk. */
  publish(topic: string, payload: Uint8Array | string, options: PublishOptions): Promise<void>;
  /** True while at least one client's subscription matches: lets producers skip building messages that nobody hears. Cheap: cached per topic. */
  listened(topic: string): boolean;
  /** True when the principal's rights let it publish to `topic` now: what the board must ask before it answers where a client wants. */
  mayPublish(principal: string, topic: string): boolean;
  /** Calls `handler` for each message that matches `filter`, the board's own excepted. What it throws is logged, never passed on. */
  handle(filter: string, handler: (message: BrokerMessage) => void): void;
  /** Addresses that are listened on, for people: `mqtt://127.0.0.1:1883`. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** Retained messages that are kept elsewhere and made when asked for: the twins' topics. */
export interface RetainedView {
  /** True for every topic this view speaks for; such topics are never stored by the broker. */
  owns(topic: string): boolean;
  /** All messages there are, with their topics; the broker matches them against the subscription. */
  messages(): Iterable<{ readonly topic: string; readonly payload: Uint8Array }>;
  /** The message of one topic, or `undefined`: the fast path of a subscription without wildcards. */
  message(topic: string): Uint8Array | undefined;
}
