import { parseDuration } from "../base/duration.ts";
import { type Bytes, bytes, type Millis, millis } from "../base/units.ts";
import type { AccessRules } from "./access-rules.ts";
import type { BrokerConfig, BrokerLimits, ListenerConfig } from "./broker-config.ts";

/** One address to listen on, nothing left open. */
export interface ListenerSettings {
  readonly protocol: ListenerConfig["protocol"];
  readonly host: string;
  readonly port: number;
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
  readonly origins: readonly string[];
}

/** {@link BrokerLimits} with their defaults filled in. */
export interface LimitSettings {
  readonly clients: number;
  readonly halfOpen: number;
  readonly connectTimeout: Millis;
  readonly connectBytes: Bytes;
  readonly packetBytes: Bytes;
  readonly topicBytes: Bytes;
  readonly topicLevels: number;
  readonly keepalive: Millis;
  readonly inFlight: number;
  readonly outFlight: number;
  readonly subscriptions: number;
  readonly outSoftBytes: Bytes;
  readonly outHardBytes: Bytes;
  readonly sessions: number;
  readonly sessionExpiry: Millis;
  readonly offlineMessages: number;
  readonly offlineBytes: Bytes;
  readonly offlineTotalBytes: Bytes;
  readonly retainedMessages: number;
  readonly retainedBytes: Bytes;
  readonly logins: number;
}

/** {@link BrokerConfig} with its defaults filled in and its numbers as units. */
export interface BrokerSettings {
  readonly listeners: readonly ListenerSettings[];
  readonly accounts: string | undefined;
  readonly anonymous: boolean;
  readonly anonymousRules: AccessRules;
  readonly commitInterval: Millis;
  readonly limits: LimitSettings;
}

const defaultPorts: Readonly<Record<ListenerConfig["protocol"], number>> = { mqtt: 1883, mqtts: 8883, ws: 9001, wss: 9002 };
const longestConnect = millis(10_000);

function listenerSettings(config: ListenerConfig): ListenerSettings {
  return { ...config, host: config.host ?? "127.0.0.1", port: config.port ?? defaultPorts[config.protocol], origins: config.origins ?? [] };
}

function limitSettings(config: BrokerLimits): LimitSettings {
  const offlineBytes = bytes(config.offlineBytes ?? 2 << 20);
  const packetBytes = bytes(config.packetBytes ?? 256 << 10);
  return {
    clients: config.clients ?? 500,
    halfOpen: config.halfOpen ?? 64,
    connectTimeout: millis(Math.min(longestConnect, parseDuration(config.connectTimeout ?? "5 s"))),
    connectBytes: bytes(config.connectBytes ?? 8 << 10),
    packetBytes,
    topicBytes: bytes(config.topicBytes ?? 1024),
    topicLevels: config.topicLevels ?? 32,
    keepalive: parseDuration(config.keepalive ?? "20 min"),
    inFlight: config.inFlight ?? 100,
    // A stored session's queue may be in flight as a whole.
    outFlight: Math.max(config.outFlight ?? 20_000, Math.min(65_535, config.offlineMessages ?? 5000)),
    subscriptions: config.subscriptions ?? 200,
    outSoftBytes: bytes(config.outSoftBytes ?? 256 << 10),
    // A session's backlog is sent in one go when its client comes back: it must fit.
    outHardBytes: bytes(Math.max(config.outHardBytes ?? 8 << 20, 2 * offlineBytes + packetBytes)),
    sessions: config.sessions ?? 500,
    sessionExpiry: parseDuration(config.sessionExpiry ?? "7 d"),
    offlineMessages: config.offlineMessages ?? 5000,
    offlineBytes,
    offlineTotalBytes: bytes(config.offlineTotalBytes ?? 16 << 20),
    retainedMessages: config.retainedMessages ?? 10_000,
    retainedBytes: bytes(config.retainedBytes ?? 8 << 20),
    logins: config.logins ?? 1,
  };
}

/** Fills in what the configuration leaves open. @throws {BadDuration} never, once the schema has passed */
export function brokerSettings(config: BrokerConfig = {}): BrokerSettings {
  return {
    listeners: (config.listeners ?? [{ protocol: "mqtt" }]).map(listenerSettings),
    accounts: config.accounts,
    anonymous: config.anonymous ?? config.accounts === undefined,
    anonymousRules: {
      publish: config.anonymousRules?.publish ?? ["#"],
      subscribe: config.anonymousRules?.subscribe ?? ["#"],
    },
    commitInterval: parseDuration(config.commitInterval ?? "200 ms"),
    limits: limitSettings(config.limits ?? {}),
  };
}
