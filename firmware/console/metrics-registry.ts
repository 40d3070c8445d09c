import type { Registry } from "prom-client";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { metricsText } from "../../shared/base/metrics-text.ts";

/** Everything a scrape shows: what the rooms count, and the process itself. */
export class MetricsRegistry {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly #sources: readonly MetricSource[];
  #process: Registry | undefined;

  constructor(sources: readonly MetricSource[]) {
    this.#sources = sources;
  }

  /** One scrape in Prometheus text format 0.0.4. */
  async scrape(): Promise<string> {
    return metricsText(this.#rooms()) + (await this.#processMetrics());
  }

  *#rooms(): Iterable<Metric> {
    for (const source of this.#sources) yield* source.metrics();
  }

  async #processMetrics(): Promise<string> {
    if (this.#process === undefined) {
      // Loaded with the first scrape: a board has to start fast, and most are scraped seconds later or never.
      const { Registry, collectDefaultMetrics } = await import("prom-client");
      this.#process = new Registry();
      collectDefaultMetrics({ register: this.#process });
    }
    return this.#process.metrics();
  }
}
