import { checkDuration } from "../base/check-duration.ts";
import { orMaybe } from "../base/check-schema.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import { checkPoint, checkReport } from "./check-point.ts";
import type { DeviceConfig } from "./device-config.ts";
import { resolveLimits } from "./resolve-device.ts";

/** Names that a device may refer to. */
export interface KnownNames {
  readonly lines: ReadonlySet<string>;
  /** Those of the lines that are serial, behind a TCP connection or not. */
  readonly serialLines: ReadonlySet<string>;
  readonly schedules: ReadonlySet<string>;
}

/** Tells of ids that an earlier item of the list has already. @param path pointer of the list */
export function* checkUniqueIds(path: string, items: readonly { readonly id: string }[], noun: string): Generator<Problem> {
  const first = new Map<string, number>();
  for (const [index, { id }] of items.entries()) {
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    else {
      const message = `"${id}" is the id of ${pointerTo(path, earlier)} already`;
      yield { path: pointerTo(pointerTo(path, index), "id"), message, expected: `an id that no other ${noun} has` };
    }
  }
}

/** Tells of a reference to nothing. @param noun as in `line` */
export function* checkName(path: string, name: string | undefined, noun: string, known: ReadonlySet<string>): Generator<Problem> {
  if (name === undefined || known.has(name)) return;
  const expected = known.size === 0 ? `a ${noun}, and there is none` : orMaybe(`one of ${[...known].slice(0, 20).join(", ")}`, name, known);
  yield { path, message: `there is no ${noun} "${name}"`, expected };
}

/** The units that a serial line can tell apart; 0 is for all at once and answered by none. Modbus over Serial Line V1.02 §2.2. */
const serialUnits = { first: 1, last: 247 } as const;

function* checkUnit(path: string, { unit, line }: DeviceConfig, serialLines: ReadonlySet<string>): Generator<Problem> {
  if (unit === undefined || !serialLines.has(line) || (unit >= serialUnits.first && unit <= serialUnits.last)) return;
  const message =
    unit === 0
      ? `unit 0 is the broadcast of serial line "${line}": nobody answers it`
      : `unit ${unit} is reserved on serial line "${line}"`;
  yield { path: pointerTo(path, "unit"), message, expected: `a unit from ${serialUnits.first} to ${serialUnits.last}` };
}

/** What the schema cannot say about a device and its points. @param path pointer of the device */
export function* checkDevice(path: string, device: DeviceConfig, known: KnownNames): Generator<Problem> {
  yield* checkName(pointerTo(path, "line"), device.line, "line", known.lines);
  yield* checkName(pointerTo(path, "schedule"), device.schedule, "schedule", known.schedules);
  yield* checkUnit(path, device, known.serialLines);
  yield* checkDuration(pointerTo(path, "timeout"), device.timeout, millis(1));
  yield* checkDuration(pointerTo(path, "turnaround"), device.turnaround, millis(0));
  yield* checkReport(pointerTo(path, "report"), device.report);
  const points = pointerTo(path, "points");
  yield* checkUniqueIds(points, device.points, "point of the device");
  const limits = resolveLimits(device.limits);
  for (const [index, point] of device.points.entries()) {
    const place = pointerTo(points, index);
    yield* checkName(pointerTo(place, "schedule"), point.schedule, "schedule", known.schedules);
    yield* checkPoint(place, point, limits);
  }
}
