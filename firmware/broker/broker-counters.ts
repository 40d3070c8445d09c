/** Why a connection was not let in. */
export const Refusal = {
  protocol: "protocol",
  version: "version",
  identifier: "identifier",
  credentials: "credentials",
  backoff: "backoff",
  busy: "busy",
  full: "full",
  keepalive: "keepalive",
  will: "will",
  timeout: "timeout",
  halfOpen: "half_open",
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** Why a message did not go where it was meant to. */
export const Drop = {
  slow: "slow",
  outFlight: "out_flight",
  offlineMessages: "offline_messages",
  offlineBytes: "offline_bytes",
  offlineTotal: "offline_total",
  retained: "retained_full",
  revoked: "revoked",
} as const;
export type Drop = (typeof Drop)[keyof typeof Drop];

/** Why the broker ended a connection that was let in. */
export const Cut = {
  protocol: "protocol",
  packetSize: "packet_size",
  outQueue: "out_queue",
  forbidden: "forbidden",
  revoked: "revoked",
  keepalive: "keepalive",
} as const;
export type Cut = (typeof Cut)[keyof typeof Cut];

/** Plain numbers that the broker counts in; `brokerMetrics` turns them into metrics. */
export class BrokerCounters {
  connects = 0;
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  subscriptionsRefused = 0;
  sessionsExpired = 0;
  handlerErrors = 0;
  readonly refused: Record<Refusal, number> = {
    protocol: 0,
    version: 0,
    identifier: 0,
    credentials: 0,
    backoff: 0,
    busy: 0,
    full: 0,
    keepalive: 0,
    will: 0,
    timeout: 0,
    half_open: 0,
  };
  readonly dropped: Record<Drop, number> = {
    slow: 0,
    out_flight: 0,
    offline_messages: 0,
    offline_bytes: 0,
    offline_total: 0,
    retained_full: 0,
    revoked: 0,
  };
  readonly cut: Record<Cut, number> = { protocol: 0, packet_size: 0, out_queue: 0, forbidden: 0, revoked: 0, keepalive: 0 };
}
