import { type ResolvedDevice, resolveDevice } from "../acquisition/resolve-device.ts";
import { type ResolvedLine, resolveLine } from "../acquisition/resolve-line.ts";
import { type ResolvedSchedule, resolveSchedules } from "../acquisition/tasks/resolve-schedule.ts";
import { type BrokerSettings, brokerSettings } from "../broker/broker-settings.ts";
import { type ResolvedTwin, resolveTwin } from "../twin/resolve-twin.ts";
import type { PenstockConfig } from "./penstock-config.ts";

/** Thing id of a board that does not say. */
export const defaultBoardId = "board";
/** Folder of `boards/` of a configuration that names none. */
export const defaultBoardName = "linux-generic";

/** A configuration with all its defaults: durations parsed, nothing left open. */
export interface ResolvedConfig {
  /** Thing id of the board. */
  readonly id: string;
  /** A folder of `boards/`. */
  readonly board: string;
  readonly lines: readonly ResolvedLine[];
  readonly devices: readonly ResolvedDevice[];
  /** By name, {@link defaultScheduleName} included. */
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly broker: BrokerSettings;
  readonly twin: ResolvedTwin;
  readonly health: { readonly host: string; readonly port: number };
}

const defaultHealth = { host: "127.0.0.1", port: 9464 } as const;

/** Fills in the defaults of a configuration that passed its checks. */
export function resolveConfig(config: PenstockConfig): ResolvedConfig {
  const lines = (config.lines ?? []).map(resolveLine);
  const byId = new Map(lines.map((line) => [line.id, line]));
  return {
    id: config.id ?? defaultBoardId,
    board: config.board ?? defaultBoardName,
    lines,
    devices: (config.devices ?? []).flatMap((device) => {
      const line = byId.get(device.line);
      return line === undefined ? [] : [resolveDevice(device, line)];
    }),
    schedules: resolveSchedules(config.schedules ?? {}),
    broker: brokerSettings(config.broker),
    twin: resolveTwin(config.twin),
    health: { host: config.health?.host ?? defaultHealth.host, port: config.health?.port ?? defaultHealth.port },
  };
}
