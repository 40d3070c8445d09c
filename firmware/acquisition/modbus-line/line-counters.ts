import type { Metric } from "../../../shared/base/metric.ts";

/** What a line counts, in plain fields. */
export class LineCounters {
  requests = 0;
  replies = 0;
  timeouts = 0;
  late = 0;
  foreign = 0;
  malformed = 0;
  overflows = 0;
  sent = 0;
  received = 0;
  /** Serial lines only. */
  corrupt = 0;
  resyncs = 0;
}

/** What a line shows besides its counters. */
export interface LineView {
  readonly up: boolean;
  readonly reconnects: number;
  readonly queued: number;
  readonly underWay: number;
  readonly window: number;
}

/** The metrics that serial lines have besides those of all lines. @param busy seconds from sending to the end of the exchange, all exchanges together */
export function serialMetrics(line: string, counters: LineCounters, busy: number): readonly Metric[] {
  const one = (name: string, help: string, value: number): Metric => ({
    name: `penstock_modbus_${name}`,
    help,
    type: "counter",
    values: [{ labels: { line }, value }],
  });
  return [
    one("crc_errors_total", "Modbus replies on a serial line with a wrong checksum.", counters.corrupt),
    one("resyncs_total", "Times that bytes on a serial line belonged to no Modbus frame and were skipped.", counters.resyncs),
    one("line_busy_seconds_total", "Time that a serial line was taken by exchanges, from sending to reply or giving up.", busy),
  ];
}

/** The metrics of one line. */
export function lineMetrics(line: string, counters: LineCounters, view: LineView): readonly Metric[] {
  const one = (type: "counter" | "gauge", name: string, help: string, value: number): Metric => ({
    name: `penstock_modbus_${name}`,
    help,
    type,
    values: [{ labels: { line }, value }],
  });
  return [
    one("counter", "requests_total", "Modbus requests sent.", counters.requests),
    one("counter", "replies_total", "Modbus replies that answered a request, exception replies included.", counters.replies),
    one("counter", "timeouts_total", "Modbus requests that were not answered in time.", counters.timeouts),
    one("counter", "late_replies_total", "Modbus replies that came after their request was given up; dropped.", counters.late),
    one(
      "counter",
      "foreign_replies_total",
      "Modbus replies with an id, unit or function that was not asked for; dropped.",
      counters.foreign,
    ),
    one("counter", "malformed_replies_total", "Modbus frames or replies that break the protocol.", counters.malformed),
    one("counter", "queue_overflows_total", "Modbus requests refused because too many waited.", counters.overflows),
    one("counter", "reconnects_total", "Connections to the line made after the first.", view.reconnects),
    one("counter", "sent_bytes_total", "Bytes sent to the line.", counters.sent),
    one("counter", "received_bytes_total", "Bytes received from the line.", counters.received),
    one("gauge", "line_up", "1 while a connection to the line stands.", view.up ? 1 : 0),
    one("gauge", "queue_depth", "Modbus requests that wait to be sent.", view.queued),
    one("gauge", "in_flight", "Modbus requests sent and not answered yet.", view.underWay),
    one("gauge", "window", "Modbus requests that may be in flight at once: configured, or as learned.", view.window),
  ];
}
