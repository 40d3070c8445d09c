export interface FairQueueParts {
  readonly deliver: (board: string, payload: Uint8Array, address: string | undefined) => void;
  /** Runs `work` soon, after what else waits. */
  readonly soon: (work: () => void) => void;
  /** Messages and bytes of one board that may wait. */
  readonly mostMessages: number;
  readonly mostBytes: number;
  /** Boards that may wait at once. */
  readonly mostBoards: number;
  /** Messages that are delivered in one go. */
  readonly turn: number;
}

interface Waiting {
  readonly messages: { readonly payload: Uint8Array; readonly address: string | undefined }[];
  at: number;
  bytes: number;
}

/** Messages that wait, by board: each board in turn has one delivered, so that a flood of one makes none wait long but itself. */
export class FairQueue {
  /** Messages that found no room. */
  dropped = 0;
  readonly #parts: FairQueueParts;
  /** In the order of their turns. */
  readonly #boards = new Map<string, Waiting>();
  #size = 0;
  #planned = false;
  #closed = false;

  constructor(parts: FairQueueParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  put(board: string, payload: Uint8Array, address?: string): void {
    if (this.#closed) return;
    const { mostMessages, mostBytes, mostBoards } = this.#parts;
    let waiting = this.#boards.get(board);
    if (waiting === undefined) {
      if (this.#boards.size >= mostBoards) {
        this.dropped++;
        return;
      }
      waiting = { messages: [], at: 0, bytes: 0 };
      this.#boards.set(board, waiting);
    }
    const isFull = waiting.messages.length - waiting.at >= mostMessages || waiting.bytes + payload.length > mostBytes;
    if (isFull && waiting.messages.length > waiting.at) {
      this.dropped++;
      return;
    }
    waiting.messages.push({ payload, address });
    waiting.bytes += payload.length;
    this.#size++;
    this.#plan();
  }

  close(): void {
    this.#closed = true;
    this.#boards.clear();
    this.#size = 0;
  }

  #plan(): void {
    if (this.#planned || this.#closed) return;
    this.#planned = true;
    this.#parts.soon(() => {
      this.#planned = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    let left = this.#parts.turn;
    while (left > 0 && this.#size > 0) {
      for (const [board, waiting] of this.#boards) {
        const next = waiting.messages[waiting.at];
        // Behind all others: its next turn comes when each of them had theirs.
        this.#boards.delete(board);
        if (next === undefined) continue;
        waiting.at++;
        waiting.bytes -= next.payload.length;
        this.#size--;
        left--;
        if (waiting.at < waiting.messages.length) {
          if (waiting.at >= 512) {
            waiting.messages.splice(0, waiting.at);
            waiting.at = 0;
          }
          this.#boards.set(board, waiting);
        }
        this.#parts.deliver(board, next.payload, next.address);
        if (left === 0 || this.#closed) break;
      }
      if (this.#closed) return;
    }
    if (this.#size > 0) this.#plan();
  }
}
