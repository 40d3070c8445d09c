import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import { endStates, moveOperation } from "../../../shared/twin/resources/operation-machine.ts";
import { OperationExpired } from "../../../shared/twin/resources/resource-errors.ts";
import type { DocumentDelete, EventDraft, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { BelievedWall } from "../../platform/believed-wall.ts";
import type { CommandDispatch } from "./command-dispatch.ts";

export interface OperationKeeperParts {
  readonly store: GatewayStore;
  readonly dispatch: CommandDispatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings?: OperationKeeping;
}

export interface OperationKeeping {
  /** Between two looks at what is late. */
  readonly interval: Millis;
  /** So long behind its deadline a command that was sent is waited for before its end is called uncertain. */
  readonly grace: Millis;
  /** Ended operations that are kept, and for how long. */
  readonly mostEnded: number;
  readonly keep: Millis;
}

const usual: OperationKeeping = { interval: millis(5000), grace: millis(30_000), mostEnded: 10_000, keep: millis(30 * 86_400_000) };
const pageSize = 500;
/** Old operations are looked for so often, so many at a time. */
const forgetEvery = 60_000;
const oldestSeen = 50;
const actor = "system";

/** Ends operations that nobody began in time, tells which ones nothing was heard of, and forgets old ones. */
export class OperationKeeper implements MetricSource {
  readonly #parts: OperationKeeperParts;
  readonly #settings: OperationKeeping;
  readonly #wall: BelievedWall;
  #disarm: Disarm = () => {};
  #sweeping: Promise<void> = Promise.resolve();
  #closed = false;
  #forgetAt = 0;
  #expired = 0;
  #uncertain = 0;
  #forgotten = 0;

  private constructor(parts: OperationKeeperParts) {
    this.#parts = parts;
    this.#settings = parts.settings ?? usual;
    this.#wall = new BelievedWall(parts.clock);
  }

  static open(parts: OperationKeeperParts): OperationKeeper {
    const keeper = new OperationKeeper(parts);
    keeper.#arm();
    return keeper;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm();
    await this.#sweeping;
  }

  metrics(): readonly Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: "counter",
      values: [{ labels: {}, value }],
    });
    return [
      counter("penstock_operations_expired_total", "Operations that nobody began in time", this.#expired),
      counter("penstock_operations_uncertain_total", "Operations that were sent and of which nothing was heard in time", this.#uncertain),
      counter("penstock_operations_forgotten_total", "Ended operations that were forgotten, old ones or too many", this.#forgotten),
    ];
  }

  /** Looks once. */
  async sweep(): Promise<void> {
    const { clock } = this.#parts;
    const now = clock.wall();
    for (const state of ["pending", "queued"] as const)
      for await (const operation of this.#oldest(state)) if (operation.deadline <= now && !this.#closed) await this.#expire(operation, now);
    for (const state of ["sent", "accepted"] as const)
      for await (const operation of this.#oldest(state))
        if (operation.deadline + this.#settings.grace <= now && !this.#closed) await this.#doubt(operation, now);
    if (clock.monotonic() < this.#forgetAt) return;
    this.#forgetAt = clock.monotonic() + forgetEvery;
    await this.#forget(this.#wall.now());
  }

  #arm(): void {
    if (this.#closed) return;
    this.#disarm = this.#parts.clock.after(this.#settings.interval, () => {
      this.#sweeping = this.sweep()
        .catch((err: unknown) => {
          if (!this.#closed) this.#parts.log.warn({ err }, "operations could not be looked through; it is tried again");
        })
        .then(() => this.#arm());
    });
  }

  async #expire(operation: OperationDocument, now: number): Promise<void> {
    const { dispatch, store } = this.#parts;
    const { code, reason } = codeAndReason(new OperationExpired(operation.board ?? "the gateway"));
    const document = moveOperation(operation, "expired", now, { error: { code, message: reason } });
    if (document === undefined) return;
    const { id, target, type } = operation;
    const event: EventDraft = {
      type: "operation.expired",
      kind: "operation",
      id,
      thing: target.thing,
      severity: "warning",
      text: `${type} for ${target.thing}${target.feature === undefined ? "" : `/${target.feature}`} was not begun in time`,
    };
    if (!(await this.#commit({ actor, puts: [{ kind: "operation", id, document, ifRev: operation.rev }], events: [event] }))) return;
    this.#expired++;
    const expired = operation.board === undefined ? undefined : await store.get("operation", id);
    if (expired !== undefined) dispatch.withdraw(expired);
  }

  async #doubt(operation: OperationDocument, now: number): Promise<void> {
    const document = moveOperation(operation, "uncertain", now);
    if (document === undefined) return;
    if (await this.#commit({ actor, puts: [{ kind: "operation", id: operation.id, document, ifRev: operation.rev }] })) this.#uncertain++;
  }

  /** Old ones go, and the oldest where there are too many. @param now as it is believed to be */
  async #forget(now: number): Promise<void> {
    const { store } = this.#parts;
    const { mostEnded, keep } = this.#settings;
    let over = store.count("operation") - mostEnded;
    const oldest: OperationDocument[] = [];
    for (const state of endStates) {
      const ids = await store.lookup("operation", state, { limit: Math.min(pageSize, Math.max(0, over) + oldestSeen) });
      for (const operation of await store.getMany("operation", ids)) if (operation !== undefined) oldest.push(operation);
    }
    oldest.sort((left, right) => left.updatedAt - right.updatedAt);
    const deletes: DocumentDelete[] = [];
    for (const { id, updatedAt, rev } of oldest.slice(0, pageSize))
      if (over-- > 0 || updatedAt + keep <= now) deletes.push({ kind: "operation", id, ifRev: rev });
    if (deletes.length > 0 && (await this.#commit({ actor, deletes }))) this.#forgotten += deletes.length;
  }

  /** @returns false when somebody else was sooner: it is looked at again next time */
  async #commit(change: Parameters<GatewayStore["commit"]>[0]): Promise<boolean> {
    try {
      await this.#parts.store.commit(change);
      return true;
    } catch (error) {
      if (error instanceof RevisionConflict) return false;
      throw error;
    }
  }

  async *#oldest(state: OperationDocument["state"]): AsyncGenerator<OperationDocument> {
    const { store } = this.#parts;
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page: readonly string[] = await store.lookup("operation", state, { limit: pageSize, ...(after !== undefined && { after }) });
      ids.push(...page);
      after = page.at(-1);
      if (after === undefined || page.length < pageSize) break;
    }
    for (let at = 0; at < ids.length; at += pageSize)
      for (const operation of await store.getMany("operation", ids.slice(at, at + pageSize)))
        if (operation?.state === state) yield operation;
  }
}
