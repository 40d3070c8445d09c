import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { Boards } from "../../../shared/console/gateway-ports.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { StoreResources } from "../resources/store-resources.ts";
import { LinkPresence } from "./board-presence.ts";
import { DesiredOverLink } from "./desired-over-link.ts";
import { ReconcileEngine } from "./reconcile-engine.ts";
import type { Reconciler } from "./reconciler.ts";
import { ThingCleanUp } from "./thing-clean-up.ts";

export interface GatewayReconcileParts {
  readonly store: GatewayStore;
  readonly resources: Pick<StoreResources, "dispatch" | "removal" | "rules">;
  readonly boards: Pick<Boards, "list" | "onState">;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
  /** Further ones. */
  readonly reconcilers?: readonly Reconciler[];
}

/** All that brings the plant to where people want it. */
export class GatewayReconcile implements MetricSource, AsyncDisposable {
  readonly #presence: LinkPresence;
  readonly #engine: ReconcileEngine;

  private constructor(presence: LinkPresence, engine: ReconcileEngine) {
    this.#presence = presence;
    this.#engine = engine;
  }

  static async open(parts: GatewayReconcileParts): Promise<GatewayReconcile> {
    const { boards, clock, log, random, resources, store } = parts;
    const { dispatch, removal, rules } = resources;
    const presence = await LinkPresence.open(boards);
    const reconcilers = [
      new DesiredOverLink({ store, dispatch, presence, rules, clock }),
      new ThingCleanUp({ store, removal }),
      ...(parts.reconcilers ?? []),
    ];
    return new GatewayReconcile(presence, await ReconcileEngine.open({ store, reconcilers, clock, log, random }));
  }

  metrics(): readonly Metric[] {
    return this.#engine.metrics();
  }

  async close(): Promise<void> {
    await this.#engine.close();
    this.#presence.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
