import type { BoardLinkState } from "../../../../../shared/twin/documents/board-document.ts";

/** How boards' links stand, as the stream told last. */
export class BoardLinks {
  readonly #links = new Map<string, BoardLinkState>();
  readonly #listeners = new Set<() => void>();

  readonly get = (board: string): BoardLinkState | undefined => this.#links.get(board);

  set(board: string, link: BoardLinkState): void {
    this.#links.set(board, link);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Forgets what was told before answers that are fresher came, or a board that went. */
  clear(): void {
    this.#links.clear();
    for (const listener of [...this.#listeners]) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
