import { type ResolvedBus, type ResolvedSensor, resolveBus, resolveSensor } from "../acquisition/i2c/resolve-sensor.ts";
import type { LineConfig } from "../acquisition/line-config.ts";
import { type ResolvedDevice, resolveDevice } from "../acquisition/resolve-device.ts";
import { type ResolvedLine, resolveLine } from "../acquisition/resolve-line.ts";
import { type ResolvedSchedule, resolveSchedules } from "../acquisition/tasks/resolve-schedule.ts";
import { type BrokerSettings, brokerSettings } from "../broker/broker-settings.ts";
import { type ResolvedModbusServer, resolveModbusServer } from "../connectors/modbus-server/resolve-modbus-server.ts";
import { sourcePoints } from "../connectors/modbus-server/source-point.ts";
import { type ResolvedUplink, resolveUplink } from "../connectors/resolve-uplink.ts";
import { type ResolvedJournal, resolveJournal } from "../pipeline/resolve-journal.ts";
import { type ResolvedTwin, resolveTwin } from "../twin/resolve-twin.ts";
import { type BoardFacts, devicePath, featureBytes } from "./board-facts.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { pointsOf } from "./points-of.ts";
import { type ResolvedWatchdog, resolveWatchdog } from "./resolve-watchdog.ts";

/** Thing id of a board that does not say. */
export const defaultBoardId = "board";
/** Folder of `boards/` of a configuration that names none. */
export const defaultBoardName = "linux-generic";

/** A configuration with all its defaults: durations parsed, names of the board's devices made paths, nothing left open. */
export interface ResolvedConfig {
  /** Thing id of the board. */
  readonly id: string;
  /** A folder of `boards/`. */
  readonly board: string;
  readonly lines: readonly ResolvedLine[];
  readonly devices: readonly ResolvedDevice[];
  readonly buses: readonly ResolvedBus[];
  readonly sensors: readonly ResolvedSensor[];
  /** By name, {@link defaultScheduleName} included. */
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly broker: BrokerSettings;
  readonly twin: ResolvedTwin;
  /** Stands wherever an uplink stands, and where it is asked for; `undefined`: none is kept. */
  readonly journal: ResolvedJournal | undefined;
  /** `undefined`: there is no gateway. */
  readonly uplink: ResolvedUplink | undefined;
  /** `undefined`: nothing is served by Modbus. */
  readonly modbusServer: ResolvedModbusServer | undefined;
  /** `undefined`: no hardware watchdog is fed. */
  readonly watchdog: ResolvedWatchdog | undefined;
  readonly health: { readonly host: string; readonly port: number };
}

/** Of a board that is not known. */
const defaultJournalBytes = 67_108_864;

export const defaultHealth = { host: "127.0.0.1", port: 9464 } as const;

/** A line whose port the board describes: its path, and who turns it round where the line does not say. */
function lineOnBoard(line: LineConfig, board: BoardFacts | undefined): LineConfig {
  if (line.protocol !== "modbus-rtu" || board === undefined) return line;
  const device = devicePath(line.device, board.serialPorts) ?? line.device;
  const port = board.serialPorts.find((one) => one.device === device);
  return { ...line, device, ...(line.rs485 === undefined && port?.rs485 === "driver" && { rs485: "kernel" }) };
}

/** More points than the usual bound of features are what the configuration asks for: then there is room for all of them. */
function twinOnBoard(config: PenstockConfig, board: BoardFacts | undefined): ResolvedTwin {
  const twin = resolveTwin(config.twin);
  if (config.twin?.maxFeatures !== undefined) return twin;
  const room = board === undefined ? Number.POSITIVE_INFINITY : Math.floor(board.limits.twinBytes / featureBytes);
  return { ...twin, maxFeatures: Math.max(pointsOf(config), Math.min(room, twin.maxFeatures)) };
}

/**
 * Fills in the defaults of a configuration that passed its checks.
 * @param board what the board of that name has and bears; without it, names of its devices stay names
 * @param path makes a path that the configuration names absolute; without it, paths stay as they were given
 */
export function resolveConfig(config: PenstockConfig, board?: BoardFacts, path?: (given: string) => string): ResolvedConfig {
  const { devices = [], journal, modbusServer, sensors = [], uplink, watchdog } = config;
  const lines = (config.lines ?? []).map((line) => resolveLine(lineOnBoard(line, board)));
  const byId = new Map(lines.map((line) => [line.id, line]));
  return {
    id: config.id ?? defaultBoardId,
    board: config.board ?? defaultBoardName,
    lines,
    devices: devices.flatMap((device) => {
      const line = byId.get(device.line);
      return line === undefined ? [] : [resolveDevice(device, line)];
    }),
    buses: (config.buses ?? []).map((bus) => resolveBus({ ...bus, device: devicePath(bus.device, board?.buses ?? []) ?? bus.device })),
    sensors: sensors.map(resolveSensor),
    schedules: resolveSchedules(config.schedules ?? {}),
    broker: brokerSettings(config.broker),
    twin: twinOnBoard(config, board),
    journal:
      journal === undefined && uplink === undefined
        ? undefined
        : resolveJournal(journal ?? {}, board?.limits.journalBytes ?? defaultJournalBytes),
    uplink: uplink === undefined ? undefined : resolveUplink(uplink, path),
    modbusServer: modbusServer === undefined ? undefined : resolveModbusServer(modbusServer, sourcePoints(devices, sensors)),
    watchdog: watchdog === undefined ? undefined : resolveWatchdog(watchdog, board),
    health: { host: config.health?.host ?? defaultHealth.host, port: config.health?.port ?? defaultHealth.port },
  };
}
