import type { Metric } from "../../shared/base/metric.ts";
import type { Broker, BrokerMessage, PublishOptions } from "../../shared/broker/ports.ts";
import { filterMatches } from "../../shared/broker/topic-filter.ts";

/** A broker without network: keeps what is published and lets tests play clients. */
export class FakeBroker implements Broker {
  readonly addresses: readonly string[] = [];
  readonly published: { readonly topic: string; readonly payload: string; readonly options: PublishOptions }[] = [];
  readonly #handlers: { readonly filter: string; readonly handler: (message: BrokerMessage) => void }[] = [];
  /** What clients are subscribed to. */
  subscriptions: string[] = ["#"];
  /** Topics that clients have no right to publish to. */
  forbidden = new Set<string>();

  async publish(topic: string, payload: Uint8Array | string, options: PublishOptions): Promise<void> {
    this.published.push({ topic, payload: typeof payload === "string" ? payload : new TextDecoder().decode(payload), options });
  }

  listened(topic: string): boolean {
    return this.subscriptions.some((filter) => filterMatches(filter, topic));
  }

  mayPublish(_principal: string, topic: string): boolean {
    return !this.forbidden.has(topic);
  }

  handle(filter: string, handler: (message: BrokerMessage) => void): void {
    this.#handlers.push({ filter, handler });
  }

  /** A client publishes. */
  receive(topic: string, payload: string, more: Partial<BrokerMessage> = {}): void {
    const message: BrokerMessage = { topic, payload: new TextEncoder().encode(payload), qos: 1, retain: false, principal: "anna", ...more };
    for (const { filter, handler } of this.#handlers) if (filterMatches(filter, topic)) handler(message);
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {}
}
