import type { Boards } from "../../../shared/console/gateway-ports.ts";

/** Which boards can be told something now. */
export interface BoardPresence {
  online(board: string): boolean;
  /** Calls `listener` with a board that can be told something again. The returned function ends it. */
  onOnline(listener: (board: string) => void): () => void;
}

/** Follows the state of the boards' links. */
export class LinkPresence implements BoardPresence {
  readonly #online = new Set<string>();
  readonly #listeners = new Set<(board: string) => void>();
  readonly #end: () => void;

  private constructor(boards: Pick<Boards, "onState">) {
    this.#end = boards.onState((board, { state }) => this.#stands(board, state === "online"));
  }

  static async open(boards: Pick<Boards, "list" | "onState">): Promise<LinkPresence> {
    const presence = new LinkPresence(boards);
    for (const { id, link } of await boards.list()) if (link.state === "online") presence.#stands(id, true);
    return presence;
  }

  online(board: string): boolean {
    return this.#online.has(board);
  }

  onOnline(listener: (board: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end();
    this.#listeners.clear();
  }

  #stands(board: string, online: boolean): void {
    if (!online) this.#online.delete(board);
    else if (!this.#online.has(board)) {
      this.#online.add(board);
      for (const listener of this.#listeners) listener(board);
    }
  }
}
