import type { ResolvedSensor } from "../../acquisition/i2c/resolve-sensor.ts";
import type { ResolvedDevice } from "../../acquisition/resolve-device.ts";
import type { ResolvedPoint, ResolvedWrite } from "../../acquisition/resolve-point.ts";
import type { Millis } from "../../base/units.ts";
import { type DescribedFeature, type DescribedThing, DescribedType } from "./board-description.ts";
import { linkBounds } from "./link-limits.ts";

export interface DescribeParts {
  /** Thing id of the board. */
  readonly board: string;
  readonly devices: readonly Pick<ResolvedDevice, "thing" | "name" | "points">[];
  readonly sensors: readonly Pick<ResolvedSensor, "thing" | "name" | "points">[];
  /** Time between two samples by point, as in force; those that are not polled, or by the calendar, are left out. */
  readonly periodsOf: (thing: string) => ReadonlyMap<string, Millis>;
  /** The feature by which the polling of a thing is set; `undefined`: there is none. */
  readonly settingsOf: (thing: string) => string | undefined;
}

/** What a board has: itself, then its devices and sensors, as configured and as they are polled now. */
export function describeThings(parts: DescribeParts): readonly DescribedThing[] {
  const devices = parts.devices.map(({ thing, name, points }) => thingOf(parts, thing, name, points.map(modbusFeature)));
  const sensors = parts.sensors.map(({ thing, name, points }) => thingOf(parts, thing, name, points.map(sensorFeature)));
  return [{ id: parts.board, features: [] }, ...devices, ...sensors];
}

function thingOf(parts: DescribeParts, id: string, name: string | undefined, features: readonly DescribedFeature[]): DescribedThing {
  const settings = parts.settingsOf(id);
  const periods = parts.periodsOf(id);
  const polled = features.map((feature) => {
    const period = periods.get(feature.id);
    return period === undefined ? feature : { ...feature, period };
  });
  const own: readonly DescribedFeature[] =
    settings === undefined ? [] : [{ id: settings, type: DescribedType.object, writable: true, description: "how it is polled" }];
  return { id, ...(name !== undefined && { name: name.slice(0, linkBounds.text) }), features: [...polled, ...own] };
}

function modbusFeature({ id, layout, unit, description, write }: ResolvedPoint): DescribedFeature {
  return {
    id,
    type: typeOf(layout),
    writable: write !== undefined,
    ...textsOf(unit, description),
    ...(write !== undefined && boundsOf(write)),
  };
}

function sensorFeature({ id, unit, description }: ResolvedSensor["points"][number]): DescribedFeature {
  return { id, type: DescribedType.number, writable: false, ...textsOf(unit, description) };
}

function typeOf({ count, names, type }: ResolvedPoint["layout"]): DescribedType {
  if (count !== undefined) return DescribedType.list;
  if (names !== undefined || type === "string") return DescribedType.text;
  return type === "bool" ? DescribedType.boolean : DescribedType.number;
}

function textsOf(unit: string | undefined, description: string | undefined): Pick<DescribedFeature, "unit" | "description"> {
  return {
    ...(unit !== undefined && { unit: unit.slice(0, 32) }),
    ...(description !== undefined && { description: description.slice(0, linkBounds.text) }),
  };
}

function boundsOf({ min, max, values }: ResolvedWrite): Pick<DescribedFeature, "minimum" | "maximum" | "values"> {
  const plain = values?.filter((value) => typeof value === "boolean" || typeof value === "number" || typeof value === "string");
  return {
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    // A part of the list would say that the rest is refused.
    ...(plain !== undefined && plain.length === values?.length && plain.length <= linkBounds.describedValues && { values: plain }),
  };
}
