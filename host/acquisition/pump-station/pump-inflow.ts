import type { Instant, Millis } from "../../../shared/base/units.ts";

const hour = 3_600_000;
/** Mean over a day, m³/h. */
const mean = 18;
const stormFactor = 3;
/** Time in which a gust of inflow dies down. */
const gustLag = 180_000;
/** Standard deviation of the gusts, share of the mean. */
const gustSize = 0.12;

/** Water that comes to the well: peaks about 09:00 and 19:00 UTC, half as much at night, and slow gusts. */
export class PumpInflow {
  readonly #random: () => number;
  #gust = 0;

  constructor(parts: { readonly random: () => number }) {
    this.#random = parts.random;
  }

  /** Lets `span` pass and gives the flow into the well then, m³/s. */
  advance(span: Millis, at: Instant, storm: boolean): number {
    const kept = Math.exp(-span / gustLag);
    // Twelve uniform numbers make a normal one: sum 6, variance 1.
    let normal = -6;
    for (let i = 0; i < 12; i++) normal += this.#random();
    this.#gust = this.#gust * kept + normal * gustSize * Math.sqrt(1 - kept ** 2);
    const day = ((at / hour) % 24) * ((2 * Math.PI) / 24);
    const share = 1 - 0.3 * Math.cos(day - 0.9) - 0.25 * Math.cos(2 * day - 0.9) + this.#gust;
    return (Math.max(0.1, share) * mean * (storm ? stormFactor : 1)) / 3600;
  }
}
