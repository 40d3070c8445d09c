import type { Metric } from "../../../shared/base/metric.ts";

/** What a transport has counted. */
export interface TransportCounts {
  readonly connected: boolean;
  readonly connections: number;
  readonly failures: number;
  readonly sent: number;
  readonly received: number;
  /** Messages to boards that found no room. */
  readonly unsent: number;
  /** Messages of boards that found no room. */
  readonly dropped: number;
  readonly waiting: number;
}

export function transportMetrics(counts: TransportCounts): readonly Metric[] {
  const one = (name: string, help: string, type: "counter" | "gauge", value: number): Metric => ({
    name: `penstock_boards_${name}`,
    help,
    type,
    values: [{ labels: {}, value }],
  });
  return [
    one("way_up", "1 while the gateway is connected to the broker that boards use.", "gauge", counts.connected ? 1 : 0),
    one("connections_total", "Connections to that broker.", "counter", counts.connections),
    one("connection_failures_total", "Connections that could not be made.", "counter", counts.failures),
    one("messages_sent_total", "Messages to boards.", "counter", counts.sent),
    one("messages_received_total", "Messages of boards.", "counter", counts.received),
    one(
      "messages_unsent_total",
      "Messages to boards that were dropped because too much waited; the link asks again.",
      "counter",
      counts.unsent,
    ),
    one(
      "messages_dropped_total",
      "Messages of boards that were dropped because too many of that board waited; it sends them again.",
      "counter",
      counts.dropped,
    ),
    one("messages_waiting", "Messages of boards that wait to be read.", "gauge", counts.waiting),
  ];
}
