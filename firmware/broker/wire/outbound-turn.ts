/** Something with bytes to send. */
export interface Flushable {
  flush(): void;
}

/** Sends what was gathered once per turn of the event loop, for all connections together. */
export class OutboundTurn {
  #waiting: Flushable[] = [];

  /** Has `flush` called at the end of this turn. The caller adds itself once per turn. */
  add(connection: Flushable): void {
    if (this.#waiting.push(connection) === 1) setImmediate(() => this.#run());
  }

  #run(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  }
}
