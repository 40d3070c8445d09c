/** PUBACKs that wait for the disk. Aedes writes PUBACK before the message is stored; a held one leaves when it is released. */
export class HeldAcks {
  readonly #send: (id: number) => void;
  readonly #held = new Map<number, number>();

  constructor(send: (id: number) => void) {
    this.#send = send;
  }

  /** The next PUBACK of this packet id is to be held. */
  hold(id: number): void {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
  }

  holds(id: number): boolean {
    return this.#held.has(id);
  }

  /** True when a PUBACK that is being written must not go out now. */
  withhold(id: number): boolean {
    return this.#held.size > 0 && this.#held.has(id);
  }

  /** What it acknowledges is on disk. */
  release(id: number): void {
    const count = this.#held.get(id);
    if (count === undefined) return;
    if (count === 1) this.#held.delete(id);
    else this.#held.set(id, count - 1);
    this.#send(id);
  }
}
