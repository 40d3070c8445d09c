import test from "ava";
import fc from "fast-check";
import { parseUnitFacts, type UnitFacts } from "../../../../shared/acquisition/learning/unit-facts.ts";
import { millis } from "../../../../shared/base/units.ts";

const whole: UnitFacts = {
  line: "bus",
  unit: 5,
  registers: 50,
  bits: 100,
  holes: [
    { area: "holding", from: 4, to: 9, kind: "gap" },
    { area: "coil", from: 30, to: 29, kind: "gap" },
    { area: "input", from: 7, to: 7, kind: "value" },
  ],
  turnaround: millis(40),
  cost: { perRequest: 1000, perRegister: 4, perBit: 0.25 },
};

test("facts survive being written and read", (t) => {
  t.deepEqual(parseUnitFacts(JSON.parse(JSON.stringify(whole))), whole);
  const bare = { line: "bus", unit: 1, holes: [] };
  t.deepEqual(parseUnitFacts(bare), bare);
});

test("what cannot be true is not taken for a fact", (t) => {
  for (const wrong of [
    null,
    [],
    {},
    { ...whole, unit: 300 },
    { ...whole, line: 7 },
    { ...whole, holes: [{ area: "holding", from: 4, to: 1, kind: "gap" }] },
  ])
    t.is(parseUnitFacts(JSON.parse(JSON.stringify(wrong))), undefined);
  const { registers: _registers, turnaround: _turnaround, cost: _cost, ...rest } = whole;
  t.deepEqual(parseUnitFacts({ ...rest, registers: 900, turnaround: -1, cost: { perRequest: "much" } }), rest);
});

test("no JSON makes it throw", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void parseUnitFacts(value)),
      { numRuns: 300 },
    ),
  );
});
