import path from "node:path";
import type { BrokerConfig, ListenerConfig } from "../../shared/broker/broker-config.ts";
import type { BoardFacts } from "../../shared/console/board-facts.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import type { Settings } from "../../shared/console/settings.ts";

/** Where relative paths and ports of a configuration come from. */
export interface StartContext {
  readonly settings: Pick<Settings, "mqttPort">;
  /** Directory of the configuration file: what its relative paths are relative to. */
  readonly directory: string;
  /** What the board bears; without it, nothing is bounded by it. */
  readonly board?: Pick<BoardFacts, "limits"> | undefined;
}

/** Makes paths of a configuration absolute: they are relative to its file. */
export function pathsIn(directory: string): (given: string) => string {
  return (given) => path.resolve(directory, given);
}

/** The usual bound of clients, where the board bears no less. */
const usualClients = 500;

/** The broker's configuration as it is started: paths made absolute, the port of the settings in the first plain listener, and no more clients than the board bears. */
export function brokerStartConfig(config: PenstockConfig, { board, settings, directory }: StartContext): BrokerConfig {
  const broker = config.broker ?? {};
  const absolute = pathsIn(directory);
  const clients = Math.min(usualClients, board?.limits.clients ?? usualClients);
  const listeners = (broker.listeners ?? [{ protocol: "mqtt" }]).map((listener): ListenerConfig => {
    const { certificate, key, authority } = listener;
    return {
      ...listener,
      ...(certificate !== undefined && { certificate: absolute(certificate) }),
      ...(key !== undefined && { key: absolute(key) }),
      ...(authority !== undefined && { authority: absolute(authority) }),
    };
  });
  const { mqttPort } = settings;
  const plain = listeners.findIndex(({ protocol }) => protocol === "mqtt");
  const first = listeners[plain];
  if (mqttPort !== undefined && first !== undefined) listeners[plain] = { ...first, port: mqttPort };
  return {
    ...broker,
    listeners,
    limits: { clients, ...broker.limits },
    ...(broker.accounts !== undefined && { accounts: absolute(broker.accounts) }),
  };
}
