import { type Static, Type } from "typebox";
import { Duration, idPattern, ReportRule } from "../point-config.ts";

/** An I2C bus of the board. */
export const BusConfig = Type.Object(
  {
    id: Type.String({ pattern: idPattern }),
    device: Type.String({ minLength: 1, description: "a path such as /dev/i2c-1, or the id of a bus of the board" }),
    timeout: Type.Optional(Duration("longest transfer until the bus counts as stuck; default 2 s")),
  },
  { $id: "BusConfig", additionalProperties: false },
);
export type BusConfig = Static<typeof BusConfig>;

const point = {
  id: Type.String({ pattern: idPattern, description: "feature name in twins and topics" }),
  unit: Type.Optional(Type.String({ maxLength: 32, description: "physical unit, UCUM where there is one; default: the chip's" })),
  description: Type.Optional(Type.String()),
  schedule: Type.Optional(Type.String({ pattern: idPattern, description: "name of a schedule; default: the sensor's" })),
  scale: Type.Optional(Type.Number({ description: "value = measured × scale + offset" })),
  offset: Type.Optional(Type.Number({ description: "value = measured × scale + offset" })),
  decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 12, description: "numbers are rounded to this many decimal places" })),
  report: Type.Optional(ReportRule),
};

const quantity = <const Names extends string[]>(names: readonly [...Names]) => Type.Enum(names, { description: "what is measured" });

const common = {
  id: Type.String({ pattern: idPattern, description: "thing id in twins and topics" }),
  name: Type.Optional(Type.String({ maxLength: 128 })),
  bus: Type.String({ pattern: idPattern, description: "id of the bus the sensor is on" }),
  schedule: Type.Optional(Type.String({ pattern: idPattern, description: "schedule of points that name none; default: every second" })),
  staleAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "missed cycles until values turn stale; default 3" })),
  report: Type.Optional(ReportRule),
};

const points = <const Names extends string[]>(names: readonly [...Names]) =>
  Type.Array(Type.Object({ ...point, quantity: quantity(names) }, { additionalProperties: false }), { minItems: 1, maxItems: 64 });

/** Bosch BME280: temperature, humidity, pressure. */
export const Bme280Config = Type.Object(
  {
    ...common,
    chip: Type.Literal("bme280"),
    address: Type.Optional(Type.Union([Type.Literal(0x76), Type.Literal(0x77)], { description: "118 (0x76, default) or 119 (0x77)" })),
    oversampling: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(4), Type.Literal(8), Type.Literal(16)], {
        description: "measurements for one value: less noise, and 7 ms each; default 1",
      }),
    ),
    points: points(["temperature", "humidity", "pressure"]),
  },
  { $id: "Bme280Config", additionalProperties: false },
);
export type Bme280Config = Static<typeof Bme280Config>;

/** Sensirion SHT31: temperature, humidity. */
export const Sht31Config = Type.Object(
  {
    ...common,
    chip: Type.Literal("sht31"),
    address: Type.Optional(Type.Union([Type.Literal(0x44), Type.Literal(0x45)], { description: "68 (0x44, default) or 69 (0x45)" })),
    points: points(["temperature", "humidity"]),
  },
  { $id: "Sht31Config", additionalProperties: false },
);
export type Sht31Config = Static<typeof Sht31Config>;

/** Texas Instruments ADS1115: voltages of four inputs. */
export const Ads1115Config = Type.Object(
  {
    ...common,
    chip: Type.Literal("ads1115"),
    address: Type.Optional(Type.Integer({ minimum: 0x48, maximum: 0x4b, description: "72 (0x48, default) to 75 (0x4b)" })),
    range: Type.Optional(
      Type.Union(
        [Type.Literal(6.144), Type.Literal(4.096), Type.Literal(2.048), Type.Literal(1.024), Type.Literal(0.512), Type.Literal(0.256)],
        {
          description: "full scale in volts; default 2.048",
        },
      ),
    ),
    rate: Type.Optional(Type.Enum([8, 16, 32, 64, 128, 250, 475, 860], { description: "samples a second; default 128" })),
    points: points(["in0", "in1", "in2", "in3", "in0-in1", "in0-in3", "in1-in3", "in2-in3"]),
  },
  { $id: "Ads1115Config", additionalProperties: false },
);
export type Ads1115Config = Static<typeof Ads1115Config>;

/** Any chip that is read register by register: the configuration says how. */
export const RegisterMapConfig = Type.Object(
  {
    ...common,
    chip: Type.Literal("register-map"),
    address: Type.Integer({ minimum: 0x08, maximum: 0x77, description: "address on the bus, 8 to 119" }),
    setup: Type.Optional(
      Type.Array(
        Type.Object(
          {
            register: Type.Integer({ minimum: 0, maximum: 255 }),
            bytes: Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 1, maxItems: 32 }),
            wait: Type.Optional(Duration("pause after it; default 0 ms")),
          },
          { additionalProperties: false },
        ),
        { maxItems: 64, description: "what is written before the first read, and again whenever the chip has been away" },
      ),
    ),
    identity: Type.Optional(
      Type.Object(
        {
          register: Type.Integer({ minimum: 0, maximum: 255 }),
          value: Type.Integer({ minimum: 0, maximum: 255 }),
        },
        { additionalProperties: false, description: "a register that tells the chip from others; read before the setup" },
      ),
    ),
    blocks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            register: Type.Integer({ minimum: 0, maximum: 255, description: "first register" }),
            length: Type.Integer({ minimum: 1, maximum: 32, description: "bytes" }),
          },
          { additionalProperties: false },
        ),
        {
          maxItems: 64,
          description:
            "registers read in one transfer, so that points within them are of one moment; for chips whose registers are single bytes in a row",
        },
      ),
    ),
    points: Type.Array(
      Type.Object(
        {
          ...point,
          register: Type.Integer({ minimum: 0, maximum: 255, description: "first register" }),
          length: Type.Optional(Type.Integer({ minimum: 1, maximum: 8, description: "bytes; default 1" })),
          signed: Type.Optional(Type.Boolean({ description: "two's complement; default false" })),
          order: Type.Optional(Type.Union([Type.Literal("big"), Type.Literal("little")], { description: "byte order; default big" })),
          shift: Type.Optional(Type.Integer({ minimum: 0, maximum: 63, description: "bits dropped at the low end; default 0" })),
          bits: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, description: "bits kept above those; default: all" })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 256 },
    ),
  },
  { $id: "RegisterMapConfig", additionalProperties: false },
);
export type RegisterMapConfig = Static<typeof RegisterMapConfig>;

/** One sensor chip with its points: a thing. */
export const SensorConfig = Type.Union([Bme280Config, Sht31Config, Ads1115Config, RegisterMapConfig], { $id: "SensorConfig" });
export type SensorConfig = Static<typeof SensorConfig>;
