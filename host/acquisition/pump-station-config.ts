import type { PointConfig, WriteRule } from "../../shared/acquisition/point-config.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { pumpSettingRanges } from "./pump-station/pump-settings.ts";
import { pumpStationRegisters } from "./simulator/pump-station-registers.ts";

type Policy = Pick<PointConfig, "schedule" | "report" | "access" | "write">;

const deadband = (absolute: number): Policy => ({ report: { mode: "change", absolute, heartbeat: "30 s" } });
const rarely: Policy = { schedule: "slow" };
const setpoint = (write: WriteRule): Policy => ({ write: { ...write, perMinute: 30 } });

/** How each point is reported and written; points that are not named follow the device. */
const policies: Readonly<Record<string, Policy>> = {
  level: deadband(0.005),
  flow: deadband(0.2),
  inflow: deadband(0.2),
  pressure: deadband(0.01),
  "motor-temperature": deadband(0.5),
  "winding-temperatures": { schedule: "slow", report: { mode: "change", absolute: 0.5, heartbeat: "5 min" } },
  "motor-current": deadband(0.05),
  "motor-power": { report: { mode: "change", percent: 1, heartbeat: "30 s" } },
  speed: deadband(0.5),
  "controller-version": rarely,
  energy: rarely,
  "run-time": rarely,
  starts: rarely,
  "pumped-volume": rarely,
  "device-name": rarely,
  mode: setpoint({ values: ["manual", "automatic"] }),
  "speed-setpoint": setpoint(pumpSettingRanges.speed),
  "start-level": setpoint(pumpSettingRanges.startLevel),
  "stop-level": setpoint(pumpSettingRanges.stopLevel),
  "high-level-limit": setpoint(pumpSettingRanges.highLevel),
  "low-level-limit": setpoint(pumpSettingRanges.lowLevel),
  "temperature-limit": setpoint(pumpSettingRanges.temperatureLimit),
  "soft-start": setpoint({}),
  "pump-1": setpoint({}),
  "alarm-reset": { access: "write", write: { values: [true], readBack: false, perMinute: 30 } },
  storm: setpoint({}),
};

/** The configuration that fits the simulated pump station listening on `host`:`port`. */
export function pumpStationConfig({ host, port }: { readonly host: string; readonly port: number }): PenstockConfig {
  return {
    schedules: { fast: { every: "1 s", priority: 3 }, slow: { every: "10 s" } },
    lines: [{ id: "station", protocol: "modbus-tcp", host, port, inFlight: 4 }],
    devices: [
      {
        id: "pump-station",
        name: "Simulated pump station",
        line: "station",
        unit: 1,
        schedule: "fast",
        report: { mode: "change", heartbeat: "1 min" },
        points: pumpStationRegisters.map(({ id, layout, unit, description }) => ({
          id,
          ...layout,
          ...(layout.type === "float32" && { decimals: 3 }),
          ...(unit !== undefined && { unit }),
          description,
          ...policies[id],
        })),
      },
    ],
  };
}
