import type { Clock } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { isEnded, moveOperation, type OperationNews, openStates } from "../../../shared/twin/resources/operation-machine.ts";
import { OperationInterrupted } from "../../../shared/twin/resources/resource-errors.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { asJson } from "./as-json.ts";
import type { OperationExecutor, OperationExecutors } from "./operation-executors.ts";

export interface OperationRunnerParts {
  readonly store: GatewayStore;
  readonly executors: OperationExecutors;
  readonly clock: Clock;
  readonly log: Log;
}

const pageSize = 500;
const actor = "system";

/** Has operations carried out that need no board, and keeps what their executors say. */
export class OperationRunner {
  readonly #parts: OperationRunnerParts;
  readonly #running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();

  constructor(parts: OperationRunnerParts) {
    this.#parts = parts;
  }

  executorOf(type: string): OperationExecutor | undefined {
    return this.#parts.executors.of(type);
  }

  /** Takes up what was left when the gateway stopped: what was begun has failed, what was not is begun. To be called when executors are registered. */
  async resume(): Promise<void> {
    for (const state of openStates) {
      for (const operation of await this.#open(state)) {
        if (operation.board !== undefined || this.#running.has(operation.id)) continue;
        if (operation.state === "pending") this.run(operation);
        else await this.#move(operation.id, operation.state === "cancelling" ? "cancelled" : "failed", failure(new OperationInterrupted()));
      }
    }
  }

  run(operation: OperationDocument): void {
    const { id } = operation;
    if (this.#running.has(id)) return;
    const stop = new AbortController();
    const ended = this.#carryOut(operation, stop).finally(() => this.#running.delete(id));
    this.#running.set(id, { stop, ended });
  }

  /** Asks the executor to stop. */
  cancel(id: string): void {
    this.#running.get(id)?.stop.abort();
  }

  async close(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.allSettled(running.map(({ ended }) => ended));
  }

  async #carryOut(operation: OperationDocument, stop: AbortController): Promise<void> {
    const { id, type } = operation;
    const executor = this.#parts.executors.of(type);
    try {
      if (executor === undefined) return;
      if (!(await this.#move(id, "running"))) return;
      for await (const { state, news } of executor.execute(operation, stop.signal)) await this.#move(id, state, news);
      await this.#finish(id, stop.signal.aborted ? "cancelled" : "succeeded");
    } catch (error) {
      if (stop.signal.aborted) await this.#finish(id, "cancelled");
      else
        await this.#move(id, "failed", failure(error)).catch((err: unknown) =>
          this.#parts.log.error({ id, err }, "the end of an operation cannot be kept"),
        );
    }
  }

  /** An executor that says nothing of the end has done it. */
  async #finish(id: string, state: "cancelled" | "succeeded"): Promise<void> {
    const now = await this.#parts.store.get("operation", id);
    if (now === undefined || isEnded(now.state)) return;
    if (!(await this.#move(id, state)) && state === "cancelled") await this.#move(id, "failed", failure(new OperationInterrupted()));
  }

  /** @returns false when it may not go there */
  async #move(id: string, state: OperationDocument["state"], news: OperationNews = {}): Promise<boolean> {
    const { clock, store } = this.#parts;
    let moved = false;
    await store.update("operation", id, actor, (now) => {
      if (now === undefined) return undefined;
      const next =
        now.state === state && !isEnded(state) ? { ...draftOf<"operation">(now), ...news } : moveOperation(now, state, clock.wall(), news);
      moved = next !== undefined;
      return next === undefined || sameJson(asJson(next), asJson(draftOf<"operation">(now))) ? undefined : next;
    });
    return moved;
  }

  async #open(state: string): Promise<readonly OperationDocument[]> {
    const { store } = this.#parts;
    const found: OperationDocument[] = [];
    for (let after: string | undefined; ; ) {
      const ids: readonly string[] = await store.lookup("operation", state, { limit: pageSize, ...(after !== undefined && { after }) });
      for (const operation of await store.getMany("operation", ids)) if (operation !== undefined) found.push(operation);
      after = ids.at(-1);
      if (after === undefined || ids.length < pageSize) return found;
    }
  }
}

function failure(error: unknown): OperationNews {
  const { code, reason } = codeAndReason(error);
  return { error: { code, message: reason } };
}
