import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import type { OperationNews } from "../../../shared/twin/resources/operation-machine.ts";

/** What an executor says while it works, and how it ended. */
export interface OperationReport {
  readonly state: OperationDocument["state"];
  readonly news?: OperationNews;
}

/** Carries out operations of a type on the gateway itself. */
export interface OperationExecutor {
  /** Types that it carries out. */
  readonly types: readonly string[];
  /** Why it will not begin, before anything is kept; `undefined` when it will. */
  refusal(
    operation: Pick<OperationDocument, "type" | "target" | "input">,
  ): Promise<{ readonly code: string; readonly message: string } | undefined>;
  /** Does it once. Each report is kept before the next is asked for; the last one is an end. What it throws counts as failed. */
  execute(operation: OperationDocument, stop: StopSignal): AsyncIterable<OperationReport>;
}

/** Who carries out what. */
export class OperationExecutors {
  readonly #byType = new Map<string, OperationExecutor>();

  /** @throws {Error} somebody carries out the type already */
  register(executor: OperationExecutor): void {
    for (const type of executor.types) {
      if (this.#byType.has(type)) throw new Error(`${type} has an executor already`);
      this.#byType.set(type, executor);
    }
  }

  of(type: string): OperationExecutor | undefined {
    return this.#byType.get(type);
  }
}
