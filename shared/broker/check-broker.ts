import { checkDuration } from "../base/check-duration.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { BrokerConfig, ListenerConfig } from "./broker-config.ts";
import { brokerSettings } from "./broker-settings.ts";
import { isTopicFilter } from "./topic-filter.ts";

function* checkListener(path: string, listener: ListenerConfig): Generator<Problem> {
  const { protocol } = listener;
  const secure = protocol === "mqtts" || protocol === "wss";
  for (const key of ["certificate", "key"] as const) {
    if (secure && listener[key] === undefined) {
      yield { path: pointerTo(path, key), message: `missing, though protocol is ${protocol}`, expected: "a PEM file" };
    }
  }
  for (const key of ["certificate", "key", "authority"] as const) {
    if (!secure && listener[key] !== undefined) {
      yield { path: pointerTo(path, key), message: `has no effect with protocol ${protocol}`, expected: "protocol mqtts or wss" };
    }
  }
  if ((protocol === "mqtt" || protocol === "mqtts") && listener.origins !== undefined) {
    yield { path: pointerTo(path, "origins"), message: `has no effect with protocol ${protocol}`, expected: "protocol ws or wss" };
  }
}

function* checkAddresses(config: BrokerConfig): Generator<Problem> {
  const first = new Map<string, number>();
  for (const [index, { host, port }] of brokerSettings(config).listeners.entries()) {
    const address = `${host}:${port}`;
    const earlier = first.get(address);
    if (port !== 0 && earlier !== undefined) {
      const path = `/broker/listeners/${index}/port`;
      yield { path, message: `${address} is that of /broker/listeners/${earlier} already`, expected: "a port of its own" };
    }
    first.set(address, index);
  }
}

function* checkFilters(path: string, filters: readonly string[] | undefined): Generator<Problem> {
  for (const [index, filter] of (filters ?? []).entries()) {
    if (isTopicFilter(filter)) continue;
    yield {
      path: pointerTo(path, index),
      message: `"${filter}" is not a topic filter`,
      expected: "levels with / between, + for any one, # at the end",
    };
  }
}

/** What the schema cannot say about the broker. */
export function* checkBroker(config: BrokerConfig): Generator<Problem> {
  for (const [index, listener] of (config.listeners ?? []).entries()) yield* checkListener(`/broker/listeners/${index}`, listener);
  const limits = config.limits ?? {};
  yield* checkDuration("/broker/commitInterval", config.commitInterval, millis(1));
  yield* checkDuration("/broker/limits/connectTimeout", limits.connectTimeout, millis(1));
  yield* checkDuration("/broker/limits/keepalive", limits.keepalive, millis(1000));
  yield* checkDuration("/broker/limits/sessionExpiry", limits.sessionExpiry, millis(1000));
  yield* checkAddresses(config);
  yield* checkFilters("/broker/anonymousRules/publish", config.anonymousRules?.publish);
  yield* checkFilters("/broker/anonymousRules/subscribe", config.anonymousRules?.subscribe);
  if (config.anonymous === false && config.accounts === undefined) {
    yield {
      path: "/broker/accounts",
      message: "missing, though anonymous clients are not let in",
      expected: "an accounts file, or anonymous clients",
    };
  }
}
