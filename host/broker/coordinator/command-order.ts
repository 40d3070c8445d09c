import type { LinkCommand } from "../../../shared/connectors/ports.ts";

/** Commands that wait for a lower number, at most. */
const mostHeld = 1024;

/** Hands commands on in the order of their numbers: one that is kept sooner than a lower one waits for it a moment. */
export class CommandOrder {
  /** Numbers that were given and have not come. */
  readonly #given = new Set<number>();
  #held: LinkCommand[] = [];

  /** A number was given. */
  gave(cmdSeq: number): void {
    this.#given.add(cmdSeq);
  }

  /** A command comes. @returns those that may go now, in order */
  came(command: LinkCommand): readonly LinkCommand[] {
    this.#given.delete(command.cmdSeq);
    this.#held.push(command);
    if (this.#held.length > mostHeld) this.#given.clear();
    return this.#release();
  }

  get waits(): boolean {
    return this.#held.length > 0;
  }

  /** What did not come by now does not come any more. @returns those that waited for it */
  giveUp(): readonly LinkCommand[] {
    const highest = Math.max(0, ...this.#held.map(({ cmdSeq }) => cmdSeq));
    for (const cmdSeq of this.#given) if (cmdSeq < highest) this.#given.delete(cmdSeq);
    return this.#release();
  }

  #release(): readonly LinkCommand[] {
    const lowest = Math.min(...this.#given);
    const free = this.#held.filter(({ cmdSeq }) => cmdSeq < lowest).sort((a, b) => a.cmdSeq - b.cmdSeq);
    this.#held = this.#held.filter(({ cmdSeq }) => cmdSeq >= lowest);
    return free;
  }
}
