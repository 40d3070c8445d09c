import type { DeviceConfig } from "../../acquisition/device-config.ts";
import type { SensorConfig } from "../../acquisition/i2c/sensor-config.ts";
import { accessOf } from "../../acquisition/resolve-point.ts";
import { typeOf } from "../../acquisition/values/value-type.ts";

/** What a served register needs to know of the point behind it. */
export interface SourcePoint {
  readonly kind: "bool" | "number" | "string";
  /** Several values: they have no place in one register. */
  readonly list: boolean;
  /** Raw integers that the point gives as names. */
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly writable: boolean;
}

/** Points by thing and feature. */
export type SourcePoints = ReadonlyMap<string, ReadonlyMap<string, SourcePoint>>;

function ofDevice(device: DeviceConfig): ReadonlyMap<string, SourcePoint> {
  return new Map(
    device.points.map((point) => {
      const type = typeOf(point);
      const kind = type === "bool" || type === "string" ? type : "number";
      return [point.id, { kind, list: point.count !== undefined, names: point.names, writable: accessOf(point) !== "read" }];
    }),
  );
}

function ofSensor(sensor: SensorConfig): ReadonlyMap<string, SourcePoint> {
  const measured: SourcePoint = { kind: "number", list: false, names: undefined, writable: false };
  return new Map(sensor.points.map(({ id }) => [id, measured]));
}

/** The points of all devices and sensors. */
export function sourcePoints(devices: readonly DeviceConfig[], sensors: readonly SensorConfig[]): SourcePoints {
  return new Map([
    ...devices.map((device) => [device.id, ofDevice(device)] as const),
    ...sensors.map((sensor) => [sensor.id, ofSensor(sensor)] as const),
  ]);
}
