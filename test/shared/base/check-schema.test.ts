import test from "ava";
import fc from "fast-check";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { DeviceConfig } from "../../../shared/acquisition/device-config.ts";
import { ScheduleConfig } from "../../../shared/acquisition/tasks/schedule-config.ts";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import type { JsonSchema } from "../../../shared/base/json-schema.ts";
import { mostProblems } from "../../../shared/base/problem.ts";

/** One of every keyword. */
const Everything = Type.Object(
  {
    flag: Type.Boolean(),
    word: Type.String({ minLength: 1, maxLength: 3, pattern: "^[a-z]*$" }),
    whole: Type.Optional(Type.Integer({ minimum: -2, exclusiveMaximum: 3 })),
    real: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    list: Type.Optional(Type.Array(Type.Integer(), { minItems: 1, maxItems: 2, uniqueItems: true })),
    map: Type.Optional(
      Type.Record(Type.String({ pattern: "^[a-b]$" }), Type.Number(), { additionalProperties: false, minProperties: 1, maxProperties: 2 }),
    ),
    nothing: Type.Optional(Type.Null()),
    choice: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal(1), Type.Object({ kind: Type.Literal("x") }), Type.Null()])),
    tagged: Type.Optional(
      Type.Union([
        Type.Object({ kind: Type.Literal("in"), port: Type.Integer() }, { additionalProperties: false }),
        Type.Object({ kind: Type.Literal("out"), host: Type.String() }, { additionalProperties: false }),
      ]),
    ),
    rest: Type.Optional(Type.Object({}, { additionalProperties: Type.Boolean() })),
  },
  { additionalProperties: false },
);

/** Values that fit `Everything` often, and nearly fit the rest of the time. */
const nearly = fc.record(
  {
    flag: fc.oneof({ weight: 9, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.constant("true") }),
    word: fc.oneof(fc.constantFrom("a", "abc", "abcd", "", "A", "ab1"), fc.integer()),
    whole: fc.constantFrom(-3, -2, 0, 2.5, 2, 3, "1"),
    real: fc.constantFrom(0, 0.5, 1, 1.5, null),
    list: fc.array(fc.constantFrom(1, 2, 2, "x"), { maxLength: 3 }),
    map: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom(1, "1")),
    nothing: fc.constantFrom(null, 0),
    choice: fc.constantFrom("a", "b", 1, 2, null, { kind: "x" }, { kind: "y" }, {}),
    tagged: fc.constantFrom({ kind: "in", port: 1 }, { kind: "in", host: "h" }, { kind: "out", host: "h" }, { kind: "up" }, {}, 1, {
      kind: "out",
      host: "h",
      port: 1,
    }),
    rest: fc.constantFrom({}, { a: true }, { a: 1 }),
    extra: fc.constant(1),
  },
  { requiredKeys: [] },
);

const agrees = (schema: TSchema & JsonSchema, document: unknown): boolean => {
  const value = JSON.parse(JSON.stringify(document));
  return Value.Check(schema, value) === (checkSchema(schema, value).length === 0);
};

test("any value fits exactly when TypeBox says so", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(nearly, (value) => agrees(Everything, value)),
      { numRuns: 3000 },
    ),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => agrees(Everything, value)),
      { numRuns: 300 },
    ),
  );
});

test("schedules and devices fit exactly when TypeBox says so", (t) => {
  const duration = fc.constantFrom("1 s", "1", 5);
  const schedule = fc.record(
    {
      every: duration,
      phase: duration,
      cron: fc.constantFrom("* * * * *", ""),
      once: duration,
      priority: fc.integer({ min: -1, max: 10 }),
    },
    { requiredKeys: [] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(schedule, (value) => agrees(ScheduleConfig, value)),
      { numRuns: 500 },
    ),
  );
  const point = fc.record(
    {
      id: fc.constantFrom("a", "", "a b"),
      area: fc.constantFrom("coil", "holding", "none"),
      address: fc.constantFrom(0, 65_535, 65_536, 1.5),
      names: fc.constantFrom({ "0": "off" }, { "0": "" }, { x: "y" }),
    },
    { requiredKeys: ["id", "area"] },
  );
  const device = fc.record({ id: fc.constant("d"), line: fc.constant("l"), points: fc.array(point, { maxLength: 2 }) });
  t.notThrows(() =>
    fc.assert(
      fc.property(device, (value) => agrees(DeviceConfig, value)),
      { numRuns: 500 },
    ),
  );
});

test("problems are bounded however much is wrong", (t) => {
  const numbers: JsonSchema = { type: "array", items: { type: "number" } };
  t.is(
    checkSchema(
      numbers,
      Array.from({ length: 10_000 }, () => "x"),
    ).length,
    mostProblems,
  );
});

test("a tagged union tells of the branch that its tag names", (t) => {
  const tagged: JsonSchema = {
    anyOf: [
      { type: "object", required: ["kind", "port"], properties: { kind: { const: "in" }, port: { type: "integer" } } },
      { type: "object", required: ["kind", "host"], properties: { kind: { const: "out" }, host: { type: "string" } } },
    ],
  };
  t.deepEqual(checkSchema(tagged, { kind: "out" }), [{ path: "/host", message: "missing", expected: "text" }]);
  t.deepEqual(checkSchema(tagged, { kind: "otu" }), [
    { path: "/kind", message: '"otu" is not allowed', expected: "one of in, out (did you mean out?)" },
  ]);
  t.deepEqual(checkSchema(tagged, {}), [{ path: "/kind", message: "missing", expected: "one of in, out" }]);
});

test("a pattern is told in words where there are some", (t) => {
  const schema: JsonSchema = { type: "string", pattern: "^x$" };
  t.is(checkSchema(schema, "y")[0]?.expected, "text of the form ^x$");
  t.is(checkSchema(schema, "y", { "^x$": "the letter x" })[0]?.expected, "the letter x");
});
