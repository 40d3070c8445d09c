import { hexAddress } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { Metric, MetricValue } from "../../../shared/base/metric.ts";

interface AddressCounters {
  transfers: number;
  readonly errors: Map<string, number>;
}

/** What a bus shows besides its counters. */
export interface BusView {
  readonly bus: string;
  readonly up: boolean;
  readonly queued: number;
  readonly link: { readonly opens: number; readonly outages: number };
}

/** What a bus counts, in plain fields. There are 128 addresses at most. */
export class BusCounters {
  readonly #addresses = new Map<number, AddressCounters>();
  /** Time with a transfer under way, seconds. */
  busy = 0;
  overflows = 0;

  transfer(address: number): void {
    this.#of(address).transfers++;
  }

  /** @param cause code of the error */
  error(address: number, cause: string): void {
    const { errors } = this.#of(address);
    errors.set(cause, (errors.get(cause) ?? 0) + 1);
  }

  metrics({ bus, up, queued, link }: BusView): readonly Metric[] {
    const transfers: MetricValue[] = [];
    const errors: MetricValue[] = [];
    for (const [number, counters] of this.#addresses) {
      const labels = { bus, address: hexAddress(number) };
      transfers.push({ labels, value: counters.transfers });
      for (const [cause, value] of counters.errors) errors.push({ labels: { ...labels, cause }, value });
    }
    const one = (type: "counter" | "gauge", name: string, help: string, value: number): Metric => ({
      name: `penstock_i2c_${name}`,
      help,
      type,
      values: [{ labels: { bus }, value }],
    });
    return [
      { name: "penstock_i2c_transfers_total", help: "I2C transfers begun.", type: "counter", values: transfers },
      {
        name: "penstock_i2c_errors_total",
        help: "I2C transfers that failed or were refused, by error code.",
        type: "counter",
        values: errors,
      },
      one("gauge", "bus_up", "1 unless the bus cannot be opened or is stuck.", up ? 1 : 0),
      one("counter", "busy_seconds_total", "Time with a transfer under way on the bus.", this.busy),
      one("counter", "bus_opens_total", "How often the bus was opened.", link.opens),
      one("counter", "bus_outages_total", "How often the bus was found to be down or stuck.", link.outages),
      one("counter", "queue_overflows_total", "I2C transfers refused because too many waited.", this.overflows),
      one("gauge", "queue_depth", "I2C transfers that wait for the bus.", queued),
    ];
  }

  #of(address: number): AddressCounters {
    let counters = this.#addresses.get(address);
    if (counters === undefined) {
      counters = { transfers: 0, errors: new Map() };
      this.#addresses.set(address, counters);
    }
    return counters;
  }
}
