import type { Clock } from "../../../shared/base/clock.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { Overview } from "../../../shared/console/api/node-api.ts";
import type { Boards, Resources } from "../../../shared/console/gateway-ports.ts";
import type { Access, Actor } from "../../../shared/twin/access/access-ports.ts";
import { OperationState } from "../../../shared/twin/documents/operation-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { EventTail } from "./event-tail.ts";
import { newestEvents } from "./notices.ts";
import { Sight } from "./sight.ts";

export interface OverviewParts {
  readonly resources: Resources;
  readonly store: GatewayStore;
  readonly boards: Boards;
  readonly access: Access;
  readonly tail: EventTail;
  readonly clock: Clock;
}

/** Figures stay for so long, milliseconds: many consoles ask for them, each every few seconds. */
const freshFor = 2000;
const mostAskers = 64;
const thingsAtOnce = 500;
const mostAlarms = 20;

const open = [
  OperationState.pending,
  OperationState.queued,
  OperationState.sent,
  OperationState.accepted,
  OperationState.running,
  OperationState.uncertain,
  OperationState.cancelling,
];

/** The plant in a few figures, of what the asker may see. */
export class PlantOverview {
  readonly #parts: OverviewParts;
  readonly #known = new Map<string, { readonly at: number; readonly answer: Promise<Overview> }>();

  constructor(parts: OverviewParts) {
    this.#parts = parts;
  }

  of(actor: Actor, stop: StopSignal): Promise<Overview> {
    const now = this.#parts.clock.monotonic();
    const known = this.#known.get(actor.id);
    if (known !== undefined && now - known.at < freshFor) return known.answer;
    if (this.#known.size >= mostAskers) this.#known.clear();
    const answer = this.#look(actor, stop);
    this.#known.set(actor.id, { at: now, answer });
    answer.catch(() => this.#known.delete(actor.id));
    return answer;
  }

  async #look(actor: Actor, stop: StopSignal): Promise<Overview> {
    const { resources, access, tail } = this.#parts;
    const sight = new Sight(access, actor);
    const one = { limit: 1 };
    const things = await resources.listThings(actor, one, stop);
    const features = await resources.listFeatures(actor, one, stop);
    const states = await Promise.all(open.map((state) => resources.listOperations(actor, { ...one, state }, stop)));
    const failed = await resources.listOperations(actor, { ...one, state: OperationState.failed }, stop);
    const alarms = await newestEvents(tail, sight, new Set(["alarm"]));
    return {
      boards: await this.#boards(sight),
      things: things.total,
      features: features.total,
      qualities: await this.#qualities(sight),
      alarms: alarms.slice(0, mostAlarms),
      operations: { open: states.reduce((sum, { total }) => sum + total, 0), failed: failed.total },
    };
  }

  async #boards(sight: Sight): Promise<Overview["boards"]> {
    const states = (await this.#parts.boards.list()).filter(({ id }) => sight.board(id)).map(({ link }) => link.state);
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    return { total: states.length - count("discovered"), online: count("online"), lost: count("lost"), discovered: count("discovered") };
  }

  async #qualities(sight: Sight): Promise<Overview["qualities"]> {
    const { store } = this.#parts;
    const counts = { good: 0, uncertain: 0, bad: 0, stale: 0 };
    for (let after: string | undefined; ; ) {
      const things = await store.list("thing", { limit: thingsAtOnce, ...(after !== undefined && { after }) });
      for (const { id } of things) {
        if (!sight.readings(id)) continue;
        for (const { quality } of store.history.latestOf(id)) counts[quality] += 1;
      }
      after = things.at(-1)?.id;
      if (things.length < thingsAtOnce) return counts;
    }
  }
}
