import type { Clock } from "../../../shared/base/clock.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { Change, Committed, GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { ApiCall } from "./api-call.ts";
import { StreamsFull } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import type { Authenticated, Authenticator } from "./authenticator.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { Sight } from "./sight.ts";
import { StreamConnection } from "./stream-connection.ts";

export interface StreamsParts {
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly store: GatewayStore;
  readonly clock: Clock;
  readonly settings: ApiSettings;
  readonly headers: SecurityHeaders;
}

/** One listener with what he may see. */
export interface OpenStream {
  readonly connection: StreamConnection;
  readonly sight: Sight;
}

interface Open extends OpenStream {
  readonly who: Authenticated;
}

/** Kinds of documents that decide who sees what. */
const deciding: ReadonlySet<string> = new Set(["user", "key", "grant", "session", "thing", "relation", "definition"]);

/** All open streams: bounded, ended when their key or log-in ends, and shown nothing that a changed grant no longer covers. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #open = new Set<Open>();
  readonly #ofOne = new Map<string, number>();
  readonly #end: () => void;
  #looking = false;
  refused = 0;
  revoked = 0;
  replaced = 0;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#end = parts.store.onCommit((committed, change) => this.#onCommit(committed, change));
  }

  /** Answers with a stream. @throws {StreamsFull} */
  open(call: ApiCall): OpenStream {
    const { access, clock, headers, settings } = this.#parts;
    const { who, reply } = call;
    const { id } = who.actor;
    const own = this.#ofOne.get(id) ?? 0;
    if (own >= settings.streamsOfOne || this.#open.size >= settings.streams) {
      this.refused += 1;
      throw own >= settings.streamsOfOne ? new StreamsFull("you have", own) : new StreamsFull("the gateway has", this.#open.size);
    }
    const response = reply.hijack().raw;
    const { keepAlive, stuck } = settings;
    const connection = new StreamConnection({ response, clock, headers: headers.data, keepAlive, stuck });
    const open: Open = { connection, sight: new Sight(access, who.actor), who };
    this.#open.add(open);
    this.#ofOne.set(id, own + 1);
    connection.onClose(() => {
      this.#open.delete(open);
      const left = (this.#ofOne.get(id) ?? 1) - 1;
      if (left > 0) this.#ofOne.set(id, left);
      else this.#ofOne.delete(id);
    });
    return open;
  }

  /** Ends the streams whose key or log-in is no longer good, as happens by time alone. */
  sweep(): void {
    for (const { connection, who } of [...this.#open]) {
      if (this.#parts.authenticator.holds(who)) continue;
      this.revoked += 1;
      connection.close();
    }
  }

  metrics(): readonly Metric[] {
    const family = (name: string, type: "counter" | "gauge", help: string, value: number): Metric => ({
      name,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      family("penstock_api_streams", "gauge", "Streams of events and values that are open.", this.#open.size),
      family("penstock_api_streams_refused_total", "counter", "Streams that were refused since there are too many.", this.refused),
      family(
        "penstock_api_streams_revoked_total",
        "counter",
        "Streams that were ended since their key or log-in is no longer good.",
        this.revoked,
      ),
      family(
        "penstock_api_values_replaced_total",
        "counter",
        "Values that slow listeners never saw since newer ones took their place.",
        this.replaced,
      ),
    ];
  }

  close(): void {
    this.#end();
    for (const { connection } of [...this.#open]) connection.close();
  }

  #onCommit(_committed: Committed, { puts = [], deletes = [] }: Change): void {
    if (this.#looking || this.#open.size === 0) return;
    if (!puts.some(({ kind }) => deciding.has(kind)) && !deletes.some(({ kind }) => deciding.has(kind))) return;
    this.#looking = true;
    for (const { sight } of this.#open) sight.forget();
    // Those who decide listen to the same commit, maybe after us.
    queueMicrotask(() => {
      this.#looking = false;
      for (const { sight } of this.#open) sight.forget();
      this.sweep();
    });
  }
}
