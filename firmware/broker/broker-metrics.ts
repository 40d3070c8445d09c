import type { Metric, MetricValue } from "../../shared/base/metric.ts";
import type { BrokerCounters } from "./broker-counters.ts";

/** What the counters do not hold: how things stand now. */
export interface BrokerGauges {
  readonly clients: number;
  readonly halfOpen: number;
  readonly subscriptions: number;
  readonly sessions: number;
  readonly offlineMessages: number;
  readonly offlineBytes: number;
  readonly retainedMessages: number;
  readonly retainedBytes: number;
  readonly backlog: number;
  readonly storeRebuilt: number;
  readonly storeCommits: number;
  readonly storeBytes: number;
  readonly storeFailures: number;
}

const one = (name: string, type: "counter" | "gauge", help: string, value: number): Metric => ({
  name: `penstock_broker_${name}`,
  help,
  type,
  values: [{ labels: {}, value }],
});

const byCause = (name: string, help: string, counts: Readonly<Record<string, number>>): Metric => ({
  name: `penstock_broker_${name}`,
  help,
  type: "counter",
  values: Object.entries(counts).map(([cause, value]): MetricValue => ({ labels: { cause }, value })),
});

/** The broker's metrics as they stand. */
export function brokerMetrics(counters: BrokerCounters, gauges: BrokerGauges): readonly Metric[] {
  return [
    one("clients", "gauge", "Clients connected", gauges.clients),
    one("half_open_connections", "gauge", "Connections that have not sent CONNECT yet", gauges.halfOpen),
    one("connects_total", "counter", "Clients let in", counters.connects),
    byCause("refused_total", "Connections not let in", counters.refused),
    byCause("cut_total", "Clients disconnected by the broker", counters.cut),
    one("messages_received_total", "counter", "Messages from clients", counters.messagesIn),
    one("messages_sent_total", "counter", "Messages to clients", counters.messagesOut),
    one("received_bytes_total", "counter", "Bytes from clients", counters.bytesIn),
    one("sent_bytes_total", "counter", "Bytes to clients", counters.bytesOut),
    byCause("dropped_messages_total", "Messages not delivered or not stored, by the bound that did it", counters.dropped),
    one("subscriptions", "gauge", "Live subscriptions", gauges.subscriptions),
    one("refused_subscriptions_total", "counter", "Subscriptions answered with 0x80", counters.subscriptionsRefused),
    one("sessions", "gauge", "Stored sessions", gauges.sessions),
    one("expired_sessions_total", "counter", "Stored sessions whose client did not come back in time", counters.sessionsExpired),
    one("queued_messages", "gauge", "Messages waiting in stored sessions", gauges.offlineMessages),
    one("queued_bytes", "gauge", "Bytes waiting in stored sessions", gauges.offlineBytes),
    one("retained_messages", "gauge", "Retained messages stored by the broker", gauges.retainedMessages),
    one("retained_bytes", "gauge", "Bytes of retained messages stored by the broker", gauges.retainedBytes),
    one("backlog_bytes", "gauge", "Bytes that clients have not taken yet", gauges.backlog),
    one("handler_errors_total", "counter", "Messages whose handler on the board failed", counters.handlerErrors),
    one("store_rebuilt", "gauge", "1 when the store was found damaged at start, 2 when it was lost", gauges.storeRebuilt),
    one("store_commits_total", "counter", "Groups of changes on disk", gauges.storeCommits),
    one("store_written_bytes_total", "counter", "Bytes of changes on disk", gauges.storeBytes),
    one("store_failures_total", "counter", "Groups of changes that could not be written at once", gauges.storeFailures),
  ];
}
