import fc from "fast-check";
import type { ValueLayout } from "../../../shared/acquisition/point-config.ts";
import { checkLayout } from "../../../shared/acquisition/values/check-layout.ts";

const order = fc.constantFrom("ABCD", "CDAB", "BADC", "DCBA");
const scale = fc.constantFrom(0.1, 0.01, 0.001, 0.25, 10, -0.5, 3, 1e-6);
const offset = fc.constantFrom(-40, 0.5, 273.15, 1000);
const count = fc.integer({ min: 2, max: 8 });
const optional = { requiredKeys: ["area", "address"] } satisfies fc.RecordConstraints<"area" | "address">;

const common = { area: fc.constantFrom("input", "holding"), address: fc.nat(1000), order, count };

/** Layouts of every type and form that `checkLayout` accepts. */
export const anyLayout: fc.Arbitrary<ValueLayout> = fc
  .oneof(
    fc.record({ area: fc.constantFrom("coil", "discrete"), address: fc.nat(1000), count, names: fc.constant({ "0": "off" }) }, optional),
    fc
      .record({ ...common, bit: fc.nat(15), names: fc.constant({ "1": "alarm" }) }, optional)
      .map((layout): ValueLayout => ({ bit: 7, ...layout, type: "bool" })),
    fc
      .record({ ...common, byte: fc.constantFrom("high", "low"), scale, offset }, optional)
      .chain((layout) => fc.constantFrom("uint8", "int8").map((type): ValueLayout => ({ ...layout, type }))),
    fc.record(
      {
        ...common,
        type: fc.constantFrom("uint16", "int16", "uint32", "int32", "uint64", "int64", "bcd16", "bcd32"),
        scale,
        offset,
        names: fc.constantFrom({ "0": "off" }, { "0": "off", "1": "on", "100": "special" }),
      },
      optional,
    ),
    fc.record({ ...common, type: fc.constantFrom("float16", "float32", "float64"), scale, offset }, optional),
    fc
      .record({ ...common, order: fc.constantFrom("ABCD", "BADC") }, optional)
      .chain((layout) => fc.integer({ min: 1, max: 20 }).map((length): ValueLayout => ({ ...layout, type: "string", length }))),
  )
  .filter((layout) => checkLayout(layout) === undefined);
