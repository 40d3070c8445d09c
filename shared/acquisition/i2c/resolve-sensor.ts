import { parseDuration } from "../../base/duration.ts";
import { type Millis, millis } from "../../base/units.ts";
import type { PolledDevice } from "../resolve-device.ts";
import { type ResolvedReport, resolveReport } from "../resolve-point.ts";
import { defaultScheduleName } from "../tasks/resolve-schedule.ts";
import type { ChipSettings } from "./chip-driver.ts";
import type { RegisterField, RegisterFieldConfig } from "./chips/register-field.ts";
import type { BusConfig, RegisterMapConfig, SensorConfig } from "./sensor-config.ts";

/** A bus with all its defaults. */
export interface ResolvedBus {
  readonly id: string;
  /** Path, or id of a bus of the board. */
  readonly device: string;
  /** Longest transfer until the bus counts as stuck. */
  readonly timeout: Millis;
}

/** One point of a sensor with all its defaults. */
export interface ResolvedSensorPoint {
  readonly id: string;
  /** What the driver calls it. */
  readonly quantity: string;
  /** Physical unit; `undefined` where the configuration scales and does not say to what. */
  readonly unit: string | undefined;
  readonly description: string | undefined;
  readonly schedule: string;
  readonly report: ResolvedReport;
  /** value = reading × scale + offset. */
  readonly scale: number;
  readonly offset: number;
  /** `undefined`: not rounded. */
  readonly decimals: number | undefined;
}

/** A sensor with its points and all their defaults. */
export interface ResolvedSensor extends PolledDevice {
  readonly name: string | undefined;
  readonly chip: ChipSettings;
  readonly points: readonly ResolvedSensorPoint[];
}

/** What a quantity is measured in, and how many decimal places of it mean something. */
interface QuantityTraits {
  readonly unit: string;
  readonly decimals: number;
}

const defaultTimeout = millis(2000);
const defaultStaleAfter = 3;
const defaultRange = 2.048;
const defaultRate = 128;

const usualAddress = { bme280: 0x76, sht31: 0x44, ads1115: 0x48 } as const;

/** UCUM. The places are one more than the chips resolve: BME280 datasheet §1, SHT3x datasheet §1. */
const climate: Readonly<Record<string, QuantityTraits>> = Object.freeze({
  temperature: { unit: "Cel", decimals: 2 },
  humidity: { unit: "%", decimals: 2 },
  pressure: { unit: "Pa", decimals: 1 },
});
/** The finest step of an ADS1115 is 7.8 µV. */
const voltage: QuantityTraits = { unit: "V", decimals: 7 };

const durationOr = (text: string | undefined, usual: Millis): Millis => (text === undefined ? usual : parseDuration(text));

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveBus({ id, device, timeout }: BusConfig): ResolvedBus {
  return { id, device, timeout: durationOr(timeout, defaultTimeout) };
}

/** The address of a sensor on its bus. */
export const addressOf = (sensor: SensorConfig): number =>
  sensor.chip === "register-map" ? sensor.address : (sensor.address ?? usualAddress[sensor.chip]);

/** Where the number of a register-map point lies. */
export function fieldOf({ register, length = 1, signed = false, order = "big", shift = 0, bits }: RegisterFieldConfig): RegisterField {
  return { register, length, signed, order, shift, bits: bits ?? length * 8 - shift };
}

function registerMapOf({ identity, setup = [], blocks = [], points }: RegisterMapConfig): ChipSettings {
  return {
    kind: "register-map",
    identity,
    setup: setup.map(({ register, bytes, wait }) => ({ register, bytes, wait: durationOr(wait, millis(0)) })),
    blocks,
    fields: new Map(points.map((point) => [point.id, fieldOf(point)])),
  };
}

function chipOf(sensor: SensorConfig): ChipSettings {
  switch (sensor.chip) {
    case "bme280":
      return { kind: "bme280", oversampling: sensor.oversampling ?? 1 };
    case "sht31":
      return { kind: "sht31" };
    case "ads1115":
      return { kind: "ads1115", range: sensor.range ?? defaultRange, rate: sensor.rate ?? defaultRate };
    case "register-map":
      return registerMapOf(sensor);
  }
}

function traitsOf(sensor: SensorConfig, quantity: string): QuantityTraits | undefined {
  if (sensor.chip === "register-map") return undefined;
  return sensor.chip === "ads1115" ? voltage : climate[quantity];
}

function resolveSensorPoint(sensor: SensorConfig, point: SensorConfig["points"][number]): ResolvedSensorPoint {
  const quantity = "quantity" in point ? point.quantity : point.id;
  // A scaled value is in a unit and of a precision that only the configuration knows.
  const traits = point.scale === undefined && point.offset === undefined ? traitsOf(sensor, quantity) : undefined;
  return {
    id: point.id,
    quantity,
    unit: point.unit ?? traits?.unit,
    description: point.description,
    schedule: point.schedule ?? sensor.schedule ?? defaultScheduleName,
    report: resolveReport(point.report ?? sensor.report),
    scale: point.scale ?? 1,
    offset: point.offset ?? 0,
    decimals: point.decimals ?? traits?.decimals,
  };
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveSensor(sensor: SensorConfig): ResolvedSensor {
  return {
    thing: sensor.id,
    name: sensor.name,
    lineId: sensor.bus,
    unit: addressOf(sensor),
    staleAfter: sensor.staleAfter ?? defaultStaleAfter,
    chip: chipOf(sensor),
    points: sensor.points.map((point) => resolveSensorPoint(sensor, point)),
  };
}
