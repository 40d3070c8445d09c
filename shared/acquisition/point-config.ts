import { type Static, Type } from "typebox";
import { durationPattern } from "../base/duration.ts";
import { idPattern } from "../base/id.ts";

export { idPattern };

export const Duration = (description: string) =>
  Type.String({ pattern: durationPattern, description: `${description}; a number and ms, s, min, h or d` });

/** The four tables of a Modbus unit. Modbus Application Protocol V1.1b3 §4.3. */
export const RegisterArea = Type.Union([Type.Literal("coil"), Type.Literal("discrete"), Type.Literal("input"), Type.Literal("holding")], {
  description: "coil (read/write bit), discrete (read bit), input (read register), holding (read/write register)",
});
export type RegisterArea = Static<typeof RegisterArea>;

export const ValueType = Type.Union(
  [
    Type.Literal("bool"),
    Type.Literal("uint8"),
    Type.Literal("int8"),
    Type.Literal("uint16"),
    Type.Literal("int16"),
    Type.Literal("uint32"),
    Type.Literal("int32"),
    Type.Literal("uint64"),
    Type.Literal("int64"),
    Type.Literal("float16"),
    Type.Literal("float32"),
    Type.Literal("float64"),
    Type.Literal("bcd16"),
    Type.Literal("bcd32"),
    Type.Literal("string"),
  ],
  { description: "how the registers are read" },
);
export type ValueType = Static<typeof ValueType>;

/** Order of the bytes of a value of two or more registers, as vendors name it for 32 bits: A is the most significant byte. */
export const ByteOrder = Type.Union([Type.Literal("ABCD"), Type.Literal("CDAB"), Type.Literal("BADC"), Type.Literal("DCBA")], {
  description: "ABCD big-endian, CDAB words swapped, BADC bytes swapped, DCBA little-endian",
});
export type ByteOrder = Static<typeof ByteOrder>;

/** Where a value lies in a unit and how its bits become a number. Enough to decode and encode it; no policy. */
const layout = {
  area: RegisterArea,
  address: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    description: "register or bit address as on the wire, from 0 (40001 in old notation is holding 0)",
  }),
  type: Type.Optional(ValueType),
  order: Type.Optional(ByteOrder),
  bit: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 15, description: "type bool in a register: which bit, 0 is the least significant" }),
  ),
  byte: Type.Optional(
    Type.Union([Type.Literal("high"), Type.Literal("low")], { description: "type uint8 or int8: which half of the register" }),
  ),
  length: Type.Optional(Type.Integer({ minimum: 1, maximum: 246, description: "type string: its length in bytes" })),
  count: Type.Optional(Type.Integer({ minimum: 2, maximum: 2000, description: "an array of this many values, one after the other" })),
  scale: Type.Optional(Type.Number({ description: "value = raw × scale + offset" })),
  offset: Type.Optional(Type.Number({ description: "value = raw × scale + offset" })),
  decimals: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 12,
      description: "numbers are rounded to this many decimal places; default: as the device gives them",
    }),
  ),
  names: Type.Optional(
    Type.Record(Type.String({ pattern: "^-?\\d+$" }), Type.String({ minLength: 1 }), {
      description: 'raw integer to name, as in {"0": "off"}',
    }),
  ),
};
export const ValueLayout = Type.Object(layout, { $id: "ValueLayout", additionalProperties: false });
export type ValueLayout = Static<typeof ValueLayout>;

/** When a fresh value is handed on. */
export const ReportRule = Type.Object(
  {
    mode: Type.Union([Type.Literal("always"), Type.Literal("change")], { description: "hand on every sample, or only what changed" }),
    absolute: Type.Optional(
      Type.Number({ minimum: 0, description: "mode change: smaller differences than this do not count, in the point's unit" }),
    ),
    percent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        description: "mode change: smaller differences than this share of the last reported value do not count",
      }),
    ),
    heartbeat: Type.Optional(Duration("mode change: hand on at least this often")),
  },
  { $id: "ReportRule", additionalProperties: false },
);
export type ReportRule = Static<typeof ReportRule>;

/** What may be written. A point without this rule cannot be written at all. */
export const WriteRule = Type.Object(
  {
    min: Type.Optional(Type.Number({ description: "smallest value allowed, in the point's unit" })),
    max: Type.Optional(Type.Number({ description: "largest value allowed, in the point's unit" })),
    values: Type.Optional(
      Type.Array(Type.Union([Type.Boolean(), Type.Number(), Type.String()]), { minItems: 1, description: "only these values are allowed" }),
    ),
    perMinute: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 6000, description: "at most this many writes in any minute; default 60" }),
    ),
    readBack: Type.Optional(Type.Boolean({ description: "read the value after writing it and compare; default true" })),
    expiry: Type.Optional(Duration("how long a desired value may wait for a device that does not answer; default 60 s")),
    hold: Type.Optional(Type.Boolean({ description: "write the desired value again whenever the device drifts from it; default false" })),
  },
  { $id: "WriteRule", additionalProperties: false },
);
export type WriteRule = Static<typeof WriteRule>;

/** One value of a device: a feature of its thing. */
export const PointConfig = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "feature name in twins and topics" }),
    ...layout,
    unit: Type.Optional(Type.String({ maxLength: 32, description: "physical unit, UCUM where there is one" })),
    description: Type.Optional(Type.String()),
    schedule: Type.Optional(Type.String({ pattern: idPattern, description: "name of a schedule; default: the device's" })),
    access: Type.Optional(
      Type.Union([Type.Literal("read"), Type.Literal("read-write"), Type.Literal("write")], {
        description: "write: never polled; default read, or read-write where a write rule stands",
      }),
    ),
    report: Type.Optional(ReportRule),
    write: Type.Optional(WriteRule),
  },
  { $id: "PointConfig", additionalProperties: false },
);
export type PointConfig = Static<typeof PointConfig>;
