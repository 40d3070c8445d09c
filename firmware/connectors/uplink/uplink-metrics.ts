import type { Metric } from "../../../shared/base/metric.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { BoardLink } from "../../../shared/connectors/link/board-link.ts";
import type { CommandDesk } from "../../../shared/connectors/link/command-desk.ts";

export interface UplinkFigures {
  readonly link: Pick<BoardLink, "open" | "sessions" | "refused" | "roundTrip" | "live" | "senders">;
  readonly desk: Pick<CommandDesk, "ended" | "overflowed" | "repeated">;
  readonly invalid: number;
  readonly connected: boolean;
  readonly connections: number;
  readonly failures: number;
  readonly slow: number;
  readonly pendingBytes: number;
  readonly waiting: number;
  readonly rate: number;
  readonly lag: Millis;
}

/** What the uplink counts, as metric families. */
export function uplinkMetrics(figures: UplinkFigures): readonly Metric[] {
  const { link, desk } = figures;
  const { senders, live } = link;
  const one = (type: Metric["type"], name: string, help: string, value: number): Metric => ({
    name: `penstock_uplink_${name}`,
    help,
    type,
    values: [{ labels: {}, value }],
  });
  return [
    one("gauge", "connected", "1 while the gateway's broker is connected", Number(figures.connected)),
    one("gauge", "in_session", "1 while a gateway is in session", Number(link.open)),
    one("counter", "connections_total", "Connections opened", figures.connections),
    one("counter", "failures_total", "Dials that failed", figures.failures),
    one("counter", "sessions_total", "Sessions begun by a gateway's hello", link.sessions),
    one("counter", "refused_epochs_total", "Hellos of gateways that are not in charge any more", link.refused),
    one("gauge", "lag_records", "Records on disk that the gateway is not known to have", figures.waiting),
    one("gauge", "lag_seconds", "Age of the oldest record on its way", figures.lag / 1000),
    one("counter", "records_sent_total", "Records sent, repetitions included", senders.sent),
    one("counter", "records_acknowledged_total", "Records that the gateway has on disk", senders.acknowledged),
    one("counter", "appends_resent_total", "Appends sent again", senders.resent),
    one("gauge", "catch_up_rate", "Records acknowledged a second", figures.rate),
    one("gauge", "window_bytes", "Bytes that may be on their way", senders.window.limit),
    one("gauge", "pending_bytes", "Bytes handed to the connection that the broker has not acknowledged", figures.pendingBytes),
    one("counter", "slow_dropped_total", "Messages dropped because the connection was too slow; they are sent again", figures.slow),
    one("counter", "live_replaced_total", "Live values that gave way to newer ones of the same point", live.replaced),
    one("counter", "live_dropped_total", "Live values dropped because too many waited", live.dropped),
    one("gauge", "round_trip_seconds", "From the last heartbeat to its answer", link.roundTrip / 1000),
    one("counter", "commands_total", "Commands that ended", desk.ended),
    one("counter", "commands_repeated_total", "Commands that came again after they were accepted", desk.repeated),
    one(
      "counter",
      "commands_dropped_total",
      "Commands not accepted because too many waited; the gateway sends them again",
      desk.overflowed,
    ),
    one("counter", "invalid_messages_total", "Messages of the gateway that could not be read", figures.invalid),
  ];
}
