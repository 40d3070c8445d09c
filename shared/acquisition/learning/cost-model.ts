import type { ReadCost } from "../reads/read-cost.ts";

/** Weight of what was measured before, with each new measurement: about the last 200 count. */
const memory = 0.995;
/** Measurements until the model is used. */
const enough = 24;
/** The slope that was assumed counts like measurements that spread this far, bytes²: with reads of one size only, it is all there is. */
const priorSpread = 4000;
/** Until so many measurements of a size are there, they are believed whatever they are. */
const fewOfSize = 4;
/** Measurements that spread this far tell both times well, bytes². */
const clearSpread = 30_000;
/** A time that lies so many mean deviations off says something about the moment, not about the unit. */
const outlier = 6;

/**
 * What a unit's reads take, measured: a fixed time and a time for each byte of data, fitted by least squares to the exchanges it saw, with what
 * was assumed before as a weak prior. A register is two bytes, a bit an eighth of one.
 */
export class CostModel {
  readonly #prior: ReadCost;
  /** Time of a byte as last known for sure: what holds while reads are all alike. */
  #anchor: number;
  #weight = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #deviation = 0;
  #count = 0;

  /** @param prior what is assumed until enough is measured */
  constructor(prior: ReadCost) {
    this.#prior = prior;
    this.#anchor = prior.perRegister / 2;
  }

  /** True once the unit's own times decide. */
  get ready(): boolean {
    return this.#count >= enough;
  }

  /** True while its measurements are of reads too much alike in size to tell the time of a request from that of a register. */
  get vague(): boolean {
    return this.ready && this.#spread() < clearSpread;
  }

  /** @param bytes data in the reply · @param taken time on the line, microseconds */
  observe(bytes: number, taken: number): void {
    if (this.#count >= 8) {
      const off = Math.abs(taken - this.#predict(bytes));
      const usual = Math.max(this.#deviation, 0.02 * taken);
      // Outliers still widen what is usual, so that a unit that became slower is believed after a while.
      this.#deviation += 0.1 * (Math.min(off, 4 * usual) - this.#deviation);
      if (off > outlier * usual && !this.#isNovel(bytes)) return;
    } else this.#deviation = Math.max(this.#deviation, 0.1 * taken);
    this.#count += 1;
    this.#weight = this.#weight * memory + 1;
    this.#x = this.#x * memory + bytes;
    this.#y = this.#y * memory + taken;
    this.#xx = this.#xx * memory + bytes * bytes;
    this.#xy = this.#xy * memory + bytes * taken;
    if (this.#spread() >= clearSpread) this.#anchor = this.#slope();
  }

  /** The measured cost, microseconds; what was assumed until enough is measured. */
  get cost(): ReadCost {
    if (!this.ready) return this.#prior;
    const slope = this.#slope();
    return { perRequest: this.#base(slope), perRegister: slope * 2, perBit: slope / 8 };
  }

  #predict(bytes: number): number {
    const slope = this.#slope();
    return this.#base(slope) + slope * bytes;
  }

  #slope(): number {
    const spread = this.#spread();
    const common = this.#xy - (this.#x * this.#y) / this.#weight;
    return Math.max(0, (common + priorSpread * this.#anchor) / (spread + priorSpread));
  }

  /** Of a size of which so little is known that nothing can be called unusual. */
  #isNovel(bytes: number): boolean {
    const distance = bytes - this.#x / this.#weight;
    return fewOfSize * distance * distance > this.#spread();
  }

  #spread(): number {
    return this.#xx - (this.#x * this.#x) / this.#weight;
  }

  #base(slope: number): number {
    // Never nothing: a request that costs nothing would be sent for each register.
    return Math.max(1, (this.#y - slope * this.#x) / this.#weight);
  }
}
