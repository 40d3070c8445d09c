import type { Log } from "../../shared/base/log.ts";
import type { Instant } from "../../shared/base/units.ts";
import { buildStatusPayload, type StatusPayload } from "../../shared/broker/payloads.ts";
import type { Broker, RetainedView } from "../../shared/broker/ports.ts";
import { buildTopic, parseTopic } from "../../shared/broker/topic.ts";

/** Whether one thing can be reached, since when, and why not. */
export interface ThingStatus {
  readonly thing: string;
  readonly online: boolean;
  readonly since: Instant;
  readonly reason: string;
}

/** The retained `…/status` topics of the board and its devices, made from what is known now: a status is never older than the process that says it. */
export class StatusView implements RetainedView {
  readonly #statuses = new Map<string, ThingStatus>();

  /** Notes the status of a thing; with a broker, its subscribers are told. */
  set(status: ThingStatus, broker?: Pick<Broker, "publish" | "listened">, log?: Log): void {
    this.#statuses.set(status.thing, status);
    const topic = buildTopic({ kind: "status", thing: status.thing });
    if (broker === undefined || !broker.listened(topic)) return;
    broker
      .publish(topic, payload(status), { qos: 1, retain: true })
      .catch((error: unknown) => log?.warn({ topic, error: String(error) }, "telling of a status failed"));
  }

  owns(topic: string): boolean {
    return parseTopic(topic)?.kind === "status";
  }

  *messages(): Iterable<{ readonly topic: string; readonly payload: Uint8Array }> {
    for (const status of this.#statuses.values())
      yield { topic: buildTopic({ kind: "status", thing: status.thing }), payload: payload(status) };
  }

  message(topic: string): Uint8Array | undefined {
    const address = parseTopic(topic);
    const status = address?.kind === "status" ? this.#statuses.get(address.thing) : undefined;
    return status === undefined ? undefined : payload(status);
  }
}

function payload(status: ThingStatus): Uint8Array {
  const body: StatusPayload = { online: status.online, since: status.since, ...(!status.online && { reason: status.reason }) };
  return Buffer.from(buildStatusPayload(body));
}
