import { checkDuration } from "../base/check-duration.ts";
import { orMaybe } from "../base/check-schema.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import { checkPoint, checkReport } from "./check-point.ts";
import type { DeviceConfig } from "./device-config.ts";
import type { LineConfig } from "./line-config.ts";
import { resolveLimits } from "./resolve-device.ts";

/** Names that a device may refer to. */
export interface KnownNames {
  readonly lines: ReadonlySet<string>;
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

function* checkName(path: string, name: string | undefined, noun: string, known: ReadonlySet<string>): Generator<Problem> {
  if (name === undefined || known.has(name)) return;
  const expected = known.size === 0 ? `a ${noun}, and there is none` : orMaybe(`one of ${[...known].slice(0, 20).join(", ")}`, name, known);
  yield { path, message: `there is no ${noun} "${name}"`, expected };
}

/** What the schema cannot say about a line. @param path pointer of the line */
export function* checkLine(path: string, line: LineConfig): Generator<Problem> {
  if ("connectTimeout" in line) yield* checkDuration(pointerTo(path, "connectTimeout"), line.connectTimeout, millis(1));
  yield* checkDuration(pointerTo(path, "timeout"), line.timeout, millis(1));
}

/** What the schema cannot say about a device and its points. @param path pointer of the device */
export function* checkDevice(path: string, device: DeviceConfig, known: KnownNames): Generator<Problem> {
  yield* checkName(pointerTo(path, "line"), device.line, "line", known.lines);
  yield* checkName(pointerTo(path, "schedule"), device.schedule, "schedule", known.schedules);
  yield* checkDuration(pointerTo(path, "timeout"), device.timeout, millis(1));
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
