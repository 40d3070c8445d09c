import type { Recovery } from "../platform/level/open-level.ts";
import { BatchedTwinStore, type TwinStoreParts } from "./batched-twin-store.ts";

export interface RefusingTwinStoreParts extends TwinStoreParts {
  /** Why there is no disk. */
  readonly refusal: Error;
}

/** Twins of a board that has no disk to keep them on: reported values live in memory, and every intent is refused, since none may be promised and lost. */
export class RefusingTwinStore extends BatchedTwinStore {
  readonly #refusal: Error;
  readonly recovery: Recovery = "clean";

  constructor(parts: RefusingTwinStoreParts) {
    const refuse = (): Promise<never> => Promise.reject(parts.refusal);
    super(parts, { write: refuse, recover: refuse, close: () => Promise.resolve() }, [], 0);
    this.#refusal = parts.refusal;
  }

  override get writable(): boolean {
    return false;
  }

  /** @throws why there is no disk */
  probe(): Promise<void> {
    return Promise.reject(this.#refusal);
  }
}
