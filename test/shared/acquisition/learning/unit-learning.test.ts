import test from "ava";
import { UnitLearning, type UnitLearningParts } from "../../../../shared/acquisition/learning/unit-learning.ts";
import type { PolledValue } from "../../../../shared/acquisition/reads/poll-plan.ts";
import { tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";
import { millis } from "../../../../shared/base/units.ts";

const word = (address: number, span = 1): PolledValue => ({ area: "holding", address, span });
const values = [word(0), word(1), word(2), word(8), word(9)];
const learning = (parts: Partial<UnitLearningParts> = {}): UnitLearning =>
  new UnitLearning({
    line: "bus",
    unit: 5,
    configured: { registers: 125, bits: 2000, bridge: true },
    polls: [values],
    known: undefined,
    cost: tcpReadCost,
    now: millis(0),
    ...parts,
  });
const at = (seconds: number) => millis(seconds * 1000);
const doubts = (unit: UnitLearning, seconds: number): readonly string[] =>
  [...unit.doubts(values, at(seconds))].map(({ read: { request } }) => `${request.address}+${request.quantity}`);

test("each finding is doubted with one read that would refute it", (t) => {
  const unit = learning();
  unit.apply(
    [
      { kind: "value", area: "holding", from: 1, to: 1 },
      { kind: "gap", area: "holding", from: 3, to: 7 },
      { kind: "limit", area: "holding", largest: 2, refused: 3 },
    ],
    at(0),
  );
  t.is(unit.version, 1);
  t.deepEqual(doubts(unit, 59), []);
  t.deepEqual(doubts(unit, 60), ["1+1", "2+7"]);
});

test("the doubt of a limit is the smallest read that goes beyond it", (t) => {
  const unit = learning();
  unit.apply([{ kind: "limit", area: "holding", largest: 4, refused: 5 }], at(0));
  t.is(unit.limits.registers, 4);
  t.deepEqual(doubts(unit, 60), ["0+10"]);
});

test("a finding that proves true is doubted after twice as long, a day at most; one that does not puts the others in doubt", (t) => {
  const unit = learning();
  unit.apply(
    [
      { kind: "value", area: "holding", from: 1, to: 1 },
      { kind: "gap", area: "holding", from: 3, to: 7 },
    ],
    at(0),
  );
  const waits: number[] = [];
  let now = 0;
  for (let n = 0; n < 14; n += 1) {
    const due = [...unit.doubts(values, millis(Number.MAX_SAFE_INTEGER))];
    for (const { fact } of due) unit.confirm(fact, at(now));
    const next = (due[0]?.fact.due ?? 0) / 1000;
    waits.push(next - now);
    now = next;
  }
  t.deepEqual([waits[0], waits[1], waits.at(-1)], [120, 240, 86_400]);
  const [first] = [...unit.doubts(values, at(now))];
  if (first === undefined) return t.fail();
  unit.refute(first.fact, at(now));
  t.is(unit.holes.length, 1);
  t.is(doubts(unit, now).length, 1);
});

test("only facts that still fit the points are taken over, and only of the same unit", (t) => {
  const known = {
    line: "bus",
    unit: 5,
    registers: 50,
    holes: [
      { area: "holding", from: 3, to: 7, kind: "gap" },
      { area: "holding", from: 9, to: 9, kind: "value" },
      { area: "holding", from: 10, to: 20, kind: "gap" },
      { area: "input", from: 9, to: 9, kind: "value" },
    ],
    cost: { perRequest: 9000, perRegister: 100, perBit: 1 },
  } as const;
  const unit = learning({ known });
  t.deepEqual(unit.holes, known.holes.slice(0, 2));
  t.is(unit.limits.registers, 50);
  t.deepEqual(unit.model.cost, known.cost);
  t.deepEqual(learning({ known: { ...known, line: "other" } }).facts(), { line: "bus", unit: 5, holes: [] });
});

test("a limit above the configured one means nothing", (t) => {
  const unit = learning({
    configured: { registers: 20, bits: 2000, bridge: true },
    known: { line: "bus", unit: 5, registers: 50, holes: [] },
  });
  t.is(unit.limits.registers, 20);
});
