import type { BoardMemory, LinkBatch } from "../ports.ts";
import type { Welcome } from "./link-message.ts";

/** The life of a board's storage, and which start of the board wrote the records of a term, as they are kept. */
export class KnownStorage {
  readonly #boots: Map<number, string>;
  #origin: string | undefined;

  constructor({ boots, origin }: Pick<BoardMemory, "boots" | "origin">) {
    this.#boots = new Map(boots);
    this.#origin = origin;
  }

  /** True when the board counts anew in places that are taken here. @param known the highest term of a record that is kept */
  isReplacedBy({ origin, floor, term, bootId }: Welcome, known: number): boolean {
    const isOther = this.#origin !== undefined && this.#origin !== origin && floor < known;
    return isOther || (term <= known && this.#boots.get(term) !== bootId);
  }

  /** True when nothing of it is to be kept. */
  has({ origin, term, bootId }: Welcome): boolean {
    return this.#boots.get(term) === bootId && this.#origin === origin;
  }

  kept({ boot, origin }: LinkBatch): void {
    if (boot !== undefined) this.#boots.set(boot.term, boot.bootId);
    if (origin !== undefined) this.#origin = origin;
  }
}
