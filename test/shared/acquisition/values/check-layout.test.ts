import test from "ava";
import type { ValueLayout } from "../../../../shared/acquisition/point-config.ts";
import { checkLayout } from "../../../../shared/acquisition/values/check-layout.ts";

const holding = { area: "holding", address: 0 } as const;
const coil = { area: "coil", address: 0 } as const;

const accepted: readonly ValueLayout[] = [
  holding,
  coil,
  { area: "discrete", address: 65_535, type: "bool" },
  { ...coil, count: 2000 },
  { ...coil, names: { "0": "closed", "1": "open" } },
  { ...holding, type: "bool", bit: 15 },
  { ...holding, type: "bool", bit: 3, count: 40, order: "BADC" },
  { ...holding, type: "uint8" },
  { ...holding, type: "int8", byte: "high", scale: 0.5 },
  { ...holding, type: "float64", order: "DCBA", scale: 2, offset: -1 },
  { ...holding, type: "string", length: 246, order: "BADC" },
  { ...holding, type: "int16", names: { "-32768": "no sensor" }, scale: 0.1 },
  { ...holding, type: "uint64", names: { "9007199254740991": "never" } },
  { ...holding, address: 65_532, type: "float64" },
  { ...holding, type: "float32", count: 62 },
];

for (const layout of accepted) test(`${JSON.stringify(layout)} is a layout`, (t) => t.is(checkLayout(layout), undefined));

const refused: readonly (readonly [ValueLayout, string])[] = [
  [{ ...coil, type: "uint16" }, "type uint16 needs registers, but area coil holds single bits"],
  [{ ...coil, bit: 1 }, "bit picks a bit of a register, but area coil holds single bits"],
  [{ ...coil, order: "ABCD" }, "order is that of a register's bytes, but area coil holds single bits"],
  [{ ...coil, scale: 2 }, "scale needs a type of numbers, not bool"],
  [{ ...coil, count: 2000, address: 64_000 }, "the value takes 2000 bits from address 64000, which reaches beyond 65535"],
  [{ ...holding, type: "bool" }, "type bool in area holding needs bit, the bit of the register"],
  [{ ...holding, type: "float32", bit: 3 }, "bit 3 needs type bool, not float32"],
  [{ ...holding, bit: 0 }, "bit 0 needs type bool, not uint16"],
  [{ ...holding, byte: "high" }, "byte high needs type uint8 or int8, not uint16"],
  [{ ...holding, type: "bool", bit: 1, byte: "low" }, "byte low needs type uint8 or int8, not bool"],
  [{ ...holding, type: "string" }, "type string needs length, its length in bytes"],
  [{ ...holding, length: 4 }, "length needs type string, not uint16"],
  [
    { ...holding, type: "string", length: 4, order: "CDAB" },
    "order CDAB has no meaning for type string: expected ABCD, or BADC where each register holds its second character first",
  ],
  [{ ...holding, type: "string", length: 4, offset: 1 }, "offset needs a type of numbers, not string"],
  [{ ...holding, scale: 0 }, "scale is 0, which would make every value the same"],
  [{ ...holding, scale: Number.NaN }, "scale and offset must be finite numbers"],
  [{ ...holding, offset: Number.POSITIVE_INFINITY }, "scale and offset must be finite numbers"],
  [{ ...holding, type: "float32", names: { "0": "off" } }, "names need a type of integers, not float32"],
  [{ ...holding, type: "string", length: 2, names: { "0": "off" } }, "names need a type of integers, not string"],
  [{ ...holding, names: { "65536": "x" } }, 'names has the key "65536", which type uint16 cannot hold: expected 0 to 65535'],
  [{ ...holding, type: "int8", names: { "128": "x" } }, 'names has the key "128", which type int8 cannot hold: expected -128 to 127'],
  [{ ...coil, names: { "2": "x" } }, 'names has the key "2", which type bool cannot hold: expected 0 to 1'],
  [{ ...holding, names: { "007": "x" } }, 'names has the key "007", which is not a plain integer'],
  [{ ...holding, type: "int16", names: { "-0": "x" } }, 'names has the key "-0", which is not a plain integer'],
  [
    { ...holding, type: "uint64", names: { "9007199254740993": "x" } },
    'names has the key "9007199254740993", which is not a plain integer',
  ],
  [{ ...holding, count: 126 }, "the value takes 126 registers, but one request reads at most 125"],
  [{ ...holding, type: "float64", address: 65_533 }, "the value takes 4 registers from address 65533, which reaches beyond 65535"],
  [
    { ...holding, type: "bool", bit: 15, count: 2, address: 65_535 },
    "the value takes 2 registers from address 65535, which reaches beyond 65535",
  ],
];

for (const [layout, sentence] of refused)
  test(`${JSON.stringify(layout)} is none: ${sentence}`, (t) => t.is(checkLayout(layout), sentence));

test("decimals belong to numbers", (t) => {
  t.is(checkLayout({ area: "holding", address: 0, type: "float32", decimals: 2 }), undefined);
  t.is(
    checkLayout({ area: "holding", address: 0, type: "string", length: 4, decimals: 2 }),
    "decimals needs a type of numbers, not string",
  );
});
