import test from "ava";
import { type PlanAroundTerms, planAround } from "../../../../shared/acquisition/learning/plan-around.ts";
import type { LearnedHole } from "../../../../shared/acquisition/learning/unit-facts.ts";
import { RangeTooLarge } from "../../../../shared/acquisition/reads/plan-reads.ts";
import type { PolledValue } from "../../../../shared/acquisition/reads/poll-plan.ts";
import { tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";

const configured = { registers: 125, bits: 2000, bridge: true };
const word = (address: number, span = 1): PolledValue => ({ area: "holding", address, span });
const hole = (kind: LearnedHole["kind"], from: number, to: number): LearnedHole => ({ area: "holding", from, to, kind });

function plan(values: readonly PolledValue[], terms: Partial<PlanAroundTerms> = {}) {
  const { reads, denied } = planAround(values, { limits: configured, configured, holes: [], cost: tcpReadCost, ...terms });
  return { reads: reads.map(({ request }) => `${request.address}+${request.quantity}`), denied: denied.map(({ address }) => address) };
}

test("a refused value is in no read, and none goes over it", (t) => {
  t.deepEqual(plan([word(0), word(1), word(2)], { holes: [hole("value", 1, 1)] }), { reads: ["0+1", "2+1"], denied: [1] });
});

test("a gap and a border are not crossed", (t) => {
  t.deepEqual(plan([word(0), word(5)], { holes: [hole("gap", 1, 4)] }), { reads: ["0+1", "5+1"], denied: [] });
  t.deepEqual(plan([word(0), word(1)], { holes: [hole("gap", 1, 0)] }), { reads: ["0+1", "1+1"], denied: [] });
});

test("a gap that was found with other points does not keep a wanted value from being asked for", (t) => {
  t.deepEqual(plan([word(0), word(3), word(5)], { holes: [hole("gap", 1, 4)] }), { reads: ["0+6"], denied: [] });
});

test("a value longer than the learned limit is asked for by itself; one longer than the configured limit is refused", (t) => {
  const limits = { ...configured, registers: 10 };
  t.deepEqual(plan([word(0, 4), word(4, 20)], { limits }), { reads: ["0+4", "4+20"], denied: [] });
  t.throws(() => plan([word(0, 126)], { limits }), { instanceOf: RangeTooLarge });
});
