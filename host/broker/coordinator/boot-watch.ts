/** Starts that are remembered of one board. */
const most = 8;

/** Notices when two boards use one id: a start that was followed by another one never comes again. */
export class BootWatch {
  /** Oldest first; the last one speaks now. */
  #boots: string[] = [];

  /** @returns true when an earlier start speaks again: somebody else has the same id */
  heard(bootId: string): boolean {
    if (this.#boots[this.#boots.length - 1] === bootId) return false;
    const isEarlier = this.#boots.includes(bootId);
    this.#boots = [...this.#boots.filter((one) => one !== bootId), bootId].slice(-most);
    return isEarlier;
  }
}
