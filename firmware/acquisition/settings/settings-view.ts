import type { JsonObject } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Instant } from "../../../shared/base/units.ts";
import type { Broker, RetainedView } from "../../../shared/broker/ports.ts";
import { buildTopic, parseTopic } from "../../../shared/broker/topic.ts";
import { type SettingsDesk, settingsFeature } from "./settings-desk.ts";

export interface SettingsViewParts {
  readonly desk: Pick<SettingsDesk, "things" | "has" | "inForce">;
  /** Since when what is in force is. */
  readonly since: Instant;
}

/** The retained `…/twin/settings/reported` topics: what is in force of the polling of each thing, in the form of a sample. */
export class SettingsView implements RetainedView {
  readonly #parts: SettingsViewParts;
  readonly #since = new Map<string, Instant>();

  constructor(parts: SettingsViewParts) {
    this.#parts = parts;
  }

  /** Other settings are in force: whoever listens is told. */
  changed(thing: string, at: Instant, broker: Pick<Broker, "publish" | "listened">, log: Log): void {
    this.#since.set(thing, at);
    const topic = topicOf(thing);
    if (!broker.listened(topic)) return;
    broker
      .publish(topic, this.#payload(thing), { qos: 1, retain: true })
      .catch((error: unknown) => log.warn({ topic, error: String(error) }, "telling of settings failed"));
  }

  owns(topic: string): boolean {
    const address = parseTopic(topic);
    return (
      address?.kind === "twin" && address.part === "reported" && address.feature === settingsFeature && this.#parts.desk.has(address.thing)
    );
  }

  *messages(): Iterable<{ readonly topic: string; readonly payload: Uint8Array }> {
    for (const thing of this.#parts.desk.things) yield { topic: topicOf(thing), payload: this.#payload(thing) };
  }

  message(topic: string): Uint8Array | undefined {
    const address = parseTopic(topic);
    return address?.kind === "twin" && this.owns(topic) ? this.#payload(address.thing) : undefined;
  }

  #payload(thing: string): Uint8Array {
    const at = this.#since.get(thing) ?? this.#parts.since;
    const value: JsonObject = this.#parts.desk.inForce(thing);
    return Buffer.from(JSON.stringify({ value, quality: "good", source: at, received: at }));
  }
}

function topicOf(thing: string): string {
  return buildTopic({ kind: "twin", thing, feature: settingsFeature, part: "reported" });
}
