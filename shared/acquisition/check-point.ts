import { checkDuration } from "../base/check-duration.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import { QuantityLimit } from "./modbus/modbus-function.ts";
import type { PointConfig, ReportRule, WriteRule } from "./point-config.ts";
import type { ReadLimits } from "./reads/plan-reads.ts";
import { accessOf } from "./resolve-point.ts";
import { checkLayout } from "./values/check-layout.ts";
import { isBitArea, sharesRegister, spanOf, typeOf } from "./values/value-type.ts";

/** What the schema cannot say about a report rule. */
export function* checkReport(path: string, rule: ReportRule | undefined): Generator<Problem> {
  if (rule === undefined) return;
  yield* checkDuration(pointerTo(path, "heartbeat"), rule.heartbeat, millis(1));
  if (rule.mode === "change") return;
  for (const key of ["absolute", "percent", "heartbeat"] as const) {
    if (rule[key] !== undefined)
      yield { path: pointerTo(path, key), message: `has no effect with mode ${rule.mode}`, expected: "mode change" };
  }
}

function* checkWrite(path: string, point: PointConfig, rule: WriteRule): Generator<Problem> {
  yield* checkDuration(pointerTo(path, "expiry"), rule.expiry, millis(1));
  if (point.area === "input" || point.area === "discrete") {
    yield { path, message: `area ${point.area} cannot be written`, expected: "area coil or holding, or no write rule" };
  }
  if (sharesRegister(point) && point.count !== undefined) {
    yield {
      path,
      message: "bits and halves of several registers cannot be written at once",
      expected: "points of their own, or no write rule",
    };
  }
  const [items, limit] = isBitArea(point.area) ? ["coils", QuantityLimit.writeBits] : ["registers", QuantityLimit.writeRegisters];
  if (spanOf(point) > limit) yield { path, message: `${spanOf(point)} ${items} cannot be written at once`, expected: `at most ${limit}` };
  const type = typeOf(point);
  for (const key of ["min", "max"] as const) {
    if (rule[key] !== undefined && (type === "bool" || type === "string")) {
      yield { path: pointerTo(path, key), message: `has no effect on type ${type}`, expected: "values, or a type that is a number" };
    }
  }
  if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
    yield { path: pointerTo(path, "min"), message: `${rule.min} is above max`, expected: `a number of at most ${rule.max}` };
  }
  if (point.access === "write" && rule.readBack === true) {
    yield {
      path: pointerTo(path, "readBack"),
      message: "a point with access write cannot be read back",
      expected: "false, or access read-write",
    };
  }
  if (point.access === "write" && rule.hold === true) {
    yield {
      path: pointerTo(path, "hold"),
      message: "drift of a point with access write cannot be seen",
      expected: "false, or access read-write",
    };
  }
}

function* checkPlace(path: string, point: PointConfig, limits: ReadLimits): Generator<Problem> {
  const contradiction = checkLayout(point);
  if (contradiction !== undefined) {
    yield { path, message: contradiction, expected: "a layout without contradiction" };
    return;
  }
  const span = spanOf(point);
  const [items, limit] = isBitArea(point.area) ? ["bits", limits.bits] : ["registers", limits.registers];
  if (span > limit) yield { path, message: `the value takes ${span} ${items}`, expected: `at most ${limit}, the largest read of the unit` };
}

/** What the schema cannot say about where a point lies, reading and writing it. @param path pointer of the point · @param limits of its unit */
export function* checkPoint(path: string, point: PointConfig, limits: ReadLimits): Generator<Problem> {
  yield* checkPlace(path, point, limits);
  yield* checkReport(pointerTo(path, "report"), point.report);
  if (point.write !== undefined) {
    yield* checkWrite(pointerTo(path, "write"), point, point.write);
    if (point.access === "read") {
      yield {
        path: pointerTo(path, "access"),
        message: '"read" contradicts the write rule',
        expected: "read-write or write, or no write rule",
      };
    }
  } else if (accessOf(point) !== "read") {
    yield {
      path: pointerTo(path, "write"),
      message: `missing, though access is ${point.access}`,
      expected: "a write rule, {} for one without limits",
    };
  }
}
