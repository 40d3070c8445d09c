import { serverEvents } from "../../host/console/cli/server-events.ts";
import { isJsonObject } from "../../shared/base/json.ts";
import type { RunningGateway } from "./running-gateway.ts";

/** Follows the stream of events as a durable subscriber does: over breaks and restarts of the gateway it goes on behind what it has. */
export class GatewayEvents {
  readonly #gateway: () => RunningGateway;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  /** Number of the newest event that came, and how many came. */
  newest: number;
  count = 0;
  /** What must never come, one sentence each. */
  readonly faults: string[] = [];

  /** @param gateway the one that runs now @param after the event behind which it begins */
  constructor(gateway: () => RunningGateway, after: number) {
    this.#gateway = gateway;
    this.newest = after;
    this.#done = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#follow();
      } catch {
        // The gateway is down.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #follow(): Promise<void> {
    const { url, token } = this.#gateway();
    const answer = await fetch(`${url}/api/v1/events/stream?after=${this.newest}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: this.#stop.signal,
    });
    if (!answer.ok) return;
    for await (const { event, data } of serverEvents(answer)) this.#take(event, data);
  }

  #take(kind: string, data: string): void {
    const value: unknown = JSON.parse(data);
    const seq = isJsonObject(value) ? Number(value["seq"]) : Number.NaN;
    if (kind !== "event") this.faults.push(`${kind} behind event ${this.newest}`);
    else if (seq !== this.newest + 1) this.faults.push(`event ${seq} behind ${this.newest}`);
    if (kind === "event") {
      this.newest = seq;
      this.count += 1;
    }
  }
}
