import { checkUniqueIds } from "../acquisition/check-device.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { pointsOf } from "./points-of.ts";
import { defaultBoardId } from "./resolve-config.ts";

/** Tells of a bound of twins that the points of the configuration alone break. */
export function* checkFeatures(config: PenstockConfig): Generator<Problem> {
  const most = config.twin?.maxFeatures;
  const points = pointsOf(config);
  if (most === undefined || points <= most) return;
  yield {
    path: "/twin/maxFeatures",
    message: `${most} features cannot hold the ${points} points of the configuration`,
    expected: `at least ${points}`,
  };
}

/** Tells of things, which are the board, its devices and its sensors, that have the same id: their twins and topics would be one. */
export function* checkThings({ devices = [], sensors = [], id: board = defaultBoardId }: PenstockConfig): Generator<Problem> {
  yield* checkUniqueIds("/devices", devices, "device");
  yield* checkUniqueIds("/sensors", sensors, "sensor");
  const deviceAt = new Map(devices.map(({ id }, index) => [id, index]));
  for (const [index, { id }] of sensors.entries()) {
    const device = deviceAt.get(id);
    if (device === undefined) continue;
    const message = `"${id}" is the id of /devices/${device} already`;
    yield { path: `/sensors/${index}/id`, message, expected: "an id that no device has" };
  }
  for (const [list, things] of [
    ["/devices", devices],
    ["/sensors", sensors],
  ] as const) {
    for (const [index, { id }] of things.entries()) {
      if (id !== board) continue;
      const path = pointerTo(pointerTo(list, index), "id");
      yield { path, message: `"${id}" is the id of the board itself`, expected: "another id, or another /id of the board" };
    }
  }
}
