import type { PenstockConfig } from "./penstock-config.ts";

/** How many points all devices and sensors have together. */
export function pointsOf({ devices = [], sensors = [] }: Pick<PenstockConfig, "devices" | "sensors">): number {
  return [...devices, ...sensors].reduce((sum, { points }) => sum + points.length, 0);
}
