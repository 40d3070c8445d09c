import type { SampleSink } from "../../shared/acquisition/ports.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import type { Log } from "../../shared/base/log.ts";
import { buildSamplePayload } from "../../shared/broker/payloads.ts";
import type { Broker } from "../../shared/broker/ports.ts";
import { buildTopic } from "../../shared/broker/topic.ts";

export interface SamplePublisherParts {
  readonly broker: Pick<Broker, "publish" | "listened">;
  /** Physical unit of a point. */
  readonly unitOf: (thing: string, feature: string) => string | undefined;
  readonly log: Log;
}

/** Sends samples to `…/data/<feature>` as they come, QoS 0. What nobody listens to is not even written out. */
export class SamplePublisher implements SampleSink {
  readonly #parts: SamplePublisherParts;
  /** Topic by thing and feature: as many as there are points. */
  readonly #topics = new Map<string, Map<string, string>>();

  constructor(parts: SamplePublisherParts) {
    this.#parts = parts;
  }

  accept(samples: readonly Sample[]): void {
    const { broker, log, unitOf } = this.#parts;
    for (const sample of samples) {
      const topic = this.#topic(sample.thing, sample.feature);
      if (!broker.listened(topic)) continue;
      broker
        .publish(topic, buildSamplePayload(sample, unitOf(sample.thing, sample.feature)), { qos: 0, retain: false })
        .catch((error: unknown) => log.warn({ topic, error: String(error) }, "publishing a sample failed"));
    }
  }

  #topic(thing: string, feature: string): string {
    let features = this.#topics.get(thing);
    if (features === undefined) {
      features = new Map();
      this.#topics.set(thing, features);
    }
    let topic = features.get(feature);
    if (topic === undefined) {
      topic = buildTopic({ kind: "data", thing, feature });
      features.set(feature, topic);
    }
    return topic;
  }
}
