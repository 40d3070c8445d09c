import type { StationRegister } from "./station-register.ts";

/** Holding registers: what an operator sets. */
export const holdingRegisters: readonly StationRegister[] = [
  {
    id: "mode",
    layout: { area: "holding", address: 0, type: "uint16", names: { "0": "manual", "1": "automatic" } },
    description: "manual: pump-1 starts and stops the pump; automatic: the level does",
    read: (station) => (station.settings.automatic ? 1 : 0),
    write: (value) => (value === 0 || value === 1 ? { automatic: value === 1 } : undefined),
  },
  {
    id: "speed-setpoint",
    layout: { area: "holding", address: 1, type: "uint16", scale: 0.1 },
    unit: "%",
    description: "wanted speed, of the rated speed",
    read: (station) => station.settings.speed,
    write: (value) => ({ speed: Number(value) }),
  },
  {
    id: "start-level",
    layout: { area: "holding", address: 2, type: "float32" },
    unit: "m",
    description: "automatic mode starts the pump at this level",
    read: (station) => station.settings.startLevel,
    write: (value) => ({ startLevel: Number(value) }),
  },
  {
    id: "stop-level",
    layout: { area: "holding", address: 4, type: "float32", order: "CDAB" },
    unit: "m",
    description: "automatic mode stops the pump at this level, at least 0.1 m below start-level",
    read: (station) => station.settings.stopLevel,
    write: (value) => ({ stopLevel: Number(value) }),
  },
  {
    id: "high-level-limit",
    layout: { area: "holding", address: 6, type: "int16", scale: 0.001 },
    unit: "m",
    description: "alarm-high-level above this level",
    read: (station) => station.settings.highLevel,
    write: (value) => ({ highLevel: Number(value) }),
  },
  {
    id: "low-level-limit",
    layout: { area: "holding", address: 7, type: "int16", scale: 0.001 },
    unit: "m",
    description: "alarm-low-level below this level",
    read: (station) => station.settings.lowLevel,
    write: (value) => ({ lowLevel: Number(value) }),
  },
  {
    id: "temperature-limit",
    layout: { area: "holding", address: 8, type: "int16", scale: 0.1 },
    unit: "Cel",
    description: "the pump trips at this motor temperature",
    read: (station) => station.settings.temperatureLimit,
    write: (value) => ({ temperatureLimit: Number(value) }),
  },
  {
    id: "soft-start",
    layout: { area: "holding", address: 9, type: "bool", bit: 0 },
    description: "option word: ramp to full speed in 10 s instead of 2 s",
    read: (station) => station.settings.softStart,
    write: (value) => ({ softStart: value === true }),
  },
];

/** Coils: commands. */
export const coils: readonly StationRegister[] = [
  {
    id: "pump-1",
    layout: { area: "coil", address: 0 },
    description: "run command; written in manual mode, shows the controller's own command in automatic mode",
    read: (station) => station.run,
    write: (value) => ({ run: value === true }),
  },
  {
    id: "alarm-reset",
    layout: { area: "coil", address: 1 },
    description: "writing on clears a trip whose cause is gone; reads off",
    read: () => false,
    write: (value) => ({ reset: value === true }),
  },
  {
    id: "storm",
    layout: { area: "coil", address: 2 },
    description: "simulation only: three times the inflow",
    read: (station) => station.storm,
    write: (value) => ({ storm: value === true }),
  },
];
