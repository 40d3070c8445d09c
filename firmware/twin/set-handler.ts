import type { Log } from "../../shared/base/log.ts";
import { buildSetReply, parseSetRequest, payloadValue, type SetReply } from "../../shared/broker/payloads.ts";
import type { Broker, BrokerMessage } from "../../shared/broker/ports.ts";
import { parseTopic, topicFilter } from "../../shared/broker/topic.ts";
import type { DesiredReconciler, IntentResult } from "./desired-reconciler.ts";

export interface SetHandlerParts {
  readonly broker: Broker;
  readonly reconciler: Pick<DesiredReconciler, "want">;
  readonly log: Log;
}

/** Requests under way at once; more are refused. */
const mostPending = 1000;

/** Answers `…/twin/<feature>/set`: hands the intent to the reconciler and its end to the topic that the request names. */
export class SetHandler {
  readonly #parts: SetHandlerParts;
  #pending = 0;

  constructor(parts: SetHandlerParts) {
    this.#parts = parts;
    parts.broker.handle(topicFilter({ kind: "twin", thing: "+", feature: "+", part: "set" }), (message) => {
      this.#pending += 1;
      this.#take(message)
        .catch((error: unknown) => parts.log.error({ topic: message.topic, error: String(error) }, "answering a set request failed"))
        .finally(() => {
          this.#pending -= 1;
        });
    });
  }

  async #take(message: BrokerMessage): Promise<void> {
    const { broker, log, reconciler } = this.#parts;
    const address = parseTopic(message.topic);
    if (address?.kind !== "twin") return;
    const request = parseSetRequest(message.payload);
    const { responseTopic, correlation } = request.ok ? request.payload : request;
    const who = request.ok && request.payload.who !== undefined ? `${message.principal} for ${request.payload.who}` : message.principal;
    // The board answers with its own rights: only where the one who asks could have published as well.
    const mayAnswer = responseTopic !== undefined && broker.mayPublish(message.principal, responseTopic);
    if (responseTopic !== undefined && !mayAnswer)
      log.warn({ topic: message.topic, responseTopic, who }, "the asker may not publish to the response topic it names; no answer is sent");
    const refusal = this.#refusal(message, request);
    const result: IntentResult =
      refusal === undefined && request.ok
        ? await reconciler.want(address.thing, address.feature, request.payload.value, who)
        : { state: "refused", ...refusal };
    if (result.state !== "done") log.warn({ topic: message.topic, who, ...result }, "a set request was not carried out");
    if (responseTopic === undefined || !mayAnswer) return;
    await broker.publish(responseTopic, buildSetReply(reply(result, correlation)), { qos: 1, retain: false });
  }

  #refusal(message: BrokerMessage, request: ReturnType<typeof parseSetRequest>): { code: string; reason: string } | undefined {
    if (!request.ok) return { code: "EDGE_SET_INVALID", reason: request.reason };
    if (message.retain)
      return { code: "EDGE_SET_RETAINED", reason: "a set request must not be retained: it would be asked again with every restart" };
    return this.#pending > mostPending ? { code: "EDGE_SET_BUSY", reason: `${mostPending} requests are under way already` } : undefined;
  }
}

function reply(result: IntentResult, correlation: string | undefined): SetReply {
  return {
    ...(correlation !== undefined && { correlation }),
    state: result.state,
    ...(result.code !== undefined && { code: result.code }),
    ...(result.reason !== undefined && { reason: result.reason }),
    ...(result.before !== undefined && { before: payloadValue(result.before) }),
    ...(result.after !== undefined && { after: payloadValue(result.after) }),
  };
}
