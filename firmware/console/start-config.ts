import path from "node:path";
import type { BrokerConfig, ListenerConfig } from "../../shared/broker/broker-config.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import type { Settings } from "../../shared/console/settings.ts";

/** Where relative paths and ports of a configuration come from. */
export interface StartContext {
  readonly settings: Pick<Settings, "mqttPort">;
  /** Directory of the configuration file: what its relative paths are relative to. */
  readonly directory: string;
}

/** The broker's configuration as it is started: paths made absolute, and the port of the settings in the first plain listener. */
export function brokerStartConfig(config: PenstockConfig, { settings, directory }: StartContext): BrokerConfig {
  const broker = config.broker ?? {};
  const absolute = (file: string): string => path.resolve(directory, file);
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
  return { ...broker, listeners, ...(broker.accounts !== undefined && { accounts: absolute(broker.accounts) }) };
}
