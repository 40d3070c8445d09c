import { RunState } from "../pump-station/pump-motor.ts";
import { TripCause } from "../pump-station/pump-station.ts";
import type { StationRegister } from "./station-register.ts";

/** Energy on the meter when the station starts, Wh. */
const meterStart = 182_344_120n;
const cubicMetresPerHour = 3600;

/** Numbers of a closed set to their names, as a point's `names`. */
const namesOf = (set: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(set).map(([name, raw]) => [String(raw), name]));

/** Input registers: measurements, counters, states. */
export const inputRegisters: readonly StationRegister[] = [
  {
    id: "level",
    layout: { area: "input", address: 0, type: "float32" },
    unit: "m",
    description: "water above the floor of the well",
    read: (station) => station.levelReading,
  },
  {
    id: "flow",
    layout: { area: "input", address: 2, type: "float32", order: "CDAB" },
    unit: "m3/h",
    description: "through the pump",
    read: (station) => station.duty.flow * cubicMetresPerHour,
  },
  {
    id: "inflow",
    layout: { area: "input", address: 4, type: "float32", order: "CDAB" },
    unit: "m3/h",
    description: "into the well",
    read: (station) => station.inflow * cubicMetresPerHour,
  },
  {
    id: "pressure",
    layout: { area: "input", address: 6, type: "uint16", scale: 0.001 },
    unit: "bar",
    description: "gauge pressure behind the check valve of the pump",
    read: (station) => station.duty.pressure,
  },
  {
    id: "motor-temperature",
    layout: { area: "input", address: 7, type: "int16", scale: 0.1 },
    unit: "Cel",
    description: "mean of the motor's windings",
    read: (station) => station.motor.temperature,
  },
  {
    id: "winding-temperatures",
    layout: { area: "input", address: 8, type: "int16", scale: 0.1, count: 3 },
    unit: "Cel",
    description: "windings U, V and W",
    read: (station) => [0.8, -0.1, -0.7].map((difference) => station.motor.temperature + difference),
  },
  {
    id: "motor-current",
    layout: { area: "input", address: 11, type: "uint16", scale: 0.01 },
    unit: "A",
    description: "in each of the three phases",
    read: (station) => station.duty.current,
  },
  {
    id: "motor-power",
    layout: { area: "input", address: 12, type: "uint32", order: "CDAB" },
    unit: "W",
    description: "taken from the mains",
    read: (station) => station.duty.power,
  },
  {
    id: "speed",
    layout: { area: "input", address: 14, type: "uint16", scale: 0.1 },
    unit: "%",
    description: "of the rated speed, as it is",
    read: (station) => station.motor.speed * 100,
  },
  {
    id: "run-state",
    layout: { area: "input", address: 15, type: "uint16", names: namesOf(RunState) },
    description: "what the pump is doing",
    read: (station) => station.motor.runState,
  },
  {
    id: "alarm-high-level",
    layout: { area: "input", address: 16, type: "bool", bit: 0 },
    description: "alarm word: level above its high limit",
    read: (station) => station.highLevelAlarm,
  },
  {
    id: "alarm-low-level",
    layout: { area: "input", address: 16, type: "bool", bit: 1 },
    description: "alarm word: level below its low limit",
    read: (station) => station.lowLevelAlarm,
  },
  {
    id: "alarm-over-temperature",
    layout: { area: "input", address: 16, type: "bool", bit: 2 },
    description: "alarm word: tripped by a hot motor",
    read: (station) => station.tripCause === TripCause.overTemperature,
  },
  {
    id: "alarm-dry-run",
    layout: { area: "input", address: 16, type: "bool", bit: 3 },
    description: "alarm word: tripped because the pump drew air",
    read: (station) => station.tripCause === TripCause.dryRun,
  },
  {
    id: "trip-cause",
    layout: { area: "input", address: 17, type: "uint16", names: namesOf(TripCause) },
    description: "why the pump tripped",
    read: (station) => station.tripCause,
  },
  {
    id: "controller-version",
    layout: { area: "input", address: 19, type: "bcd16", scale: 0.01 },
    description: "program version of the station's controller",
    read: () => 1.42,
  },
  {
    id: "energy",
    layout: { area: "input", address: 20, type: "uint64" },
    unit: "W.h",
    description: "energy counter, never falls",
    read: (station) => meterStart + BigInt(Math.floor(station.energy)),
  },
  {
    id: "run-time",
    layout: { area: "input", address: 24, type: "uint32" },
    unit: "s",
    description: "time the pump has run",
    read: (station) => Math.floor(station.motor.running / 1000),
  },
  {
    id: "starts",
    layout: { area: "input", address: 26, type: "uint32", order: "DCBA" },
    description: "times the pump has started",
    read: (station) => station.motor.starts,
  },
  {
    id: "pumped-volume",
    layout: { area: "input", address: 28, type: "float64" },
    unit: "m3",
    description: "water pumped",
    read: (station) => station.pumpedVolume,
  },
  {
    id: "device-name",
    layout: { area: "input", address: 32, type: "string", length: 16 },
    description: "name plate",
    read: () => "Pump station 1",
  },
];

/** Discrete inputs: contacts. */
export const discreteInputs: readonly StationRegister[] = [
  {
    id: "running",
    layout: { area: "discrete", address: 0 },
    description: "the pump turns",
    read: (station) => station.motor.speed > 0,
  },
  {
    id: "tripped",
    layout: { area: "discrete", address: 1 },
    description: "the pump has tripped and waits for alarm-reset",
    read: (station) => station.tripped,
  },
  {
    id: "overflow",
    layout: { area: "discrete", address: 2 },
    description: "the well spills",
    read: (station) => station.overflowing,
  },
];
