import type { Log } from "../../shared/base/log.ts";
import type { Broker } from "../../shared/broker/ports.ts";
import type { FeatureTwin } from "../../shared/twin/feature-twin.ts";
import type { TwinChange, TwinStore } from "../../shared/twin/ports.ts";
import { type TwinView, twinTopic } from "./twin-view.ts";

export interface TwinPublisherParts {
  readonly store: Pick<TwinStore, "onCommit">;
  readonly view: TwinView;
  readonly broker: Pick<Broker, "publish" | "listened">;
  readonly log: Log;
}

/** Tells subscribers what changed in the twins, once it is on disk: what they hear survives a power cut. */
export class TwinPublisher {
  readonly #parts: TwinPublisherParts;
  readonly #end: () => void;

  constructor(parts: TwinPublisherParts) {
    this.#parts = parts;
    this.#end = parts.store.onCommit((changes) => this.#publish(changes));
  }

  close(): void {
    this.#end();
  }

  #publish(changes: readonly TwinChange[]): void {
    for (const { twin, desired, reported } of changes) {
      if (reported) this.#tell(twin, "reported");
      if (desired) this.#tell(twin, "desired");
    }
  }

  #tell(twin: FeatureTwin, part: "reported" | "desired"): void {
    const { broker, view, log } = this.#parts;
    const topic = twinTopic(twin, part);
    if (!broker.listened(topic)) return;
    // An empty payload is how MQTT says that a retained value is gone. MQTT 3.1.1 §3.3.1.3.
    const payload = view.payload(twin, part) ?? new Uint8Array(0);
    broker
      .publish(topic, payload, { qos: 1, retain: true })
      .catch((error: unknown) => log.warn({ topic, error: String(error) }, "telling of a twin's change failed"));
  }
}
