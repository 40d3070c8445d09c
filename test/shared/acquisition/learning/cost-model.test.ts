import test from "ava";
import fc from "fast-check";
import { CostModel } from "../../../../shared/acquisition/learning/cost-model.ts";
import { tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";
import { serialReadCost } from "../../../../shared/acquisition/reads/serial-read-cost.ts";

const sizes = [2, 20, 250, 40, 8, 120];

function observed(model: CostModel, count: number, taken: (bytes: number, n: number) => number): void {
  for (let n = 0; n < count; n += 1) {
    const bytes = sizes[n % sizes.length] ?? 2;
    model.observe(bytes, taken(bytes, n));
  }
}

test("until enough is measured, what was assumed holds", (t) => {
  const model = new CostModel(tcpReadCost);
  observed(model, 23, () => 50_000);
  t.false(model.ready);
  t.is(model.cost, tcpReadCost);
});

test("the time of a request and of a register are told apart, whatever they are", (t) => {
  const property = fc.property(fc.integer({ min: 200, max: 100_000 }), fc.integer({ min: 20, max: 4000 }), (request, register) => {
    const model = new CostModel(serialReadCost(9600));
    observed(model, 400, (bytes, n) => request + (register / 2) * bytes + 20 * ((n % 5) - 2));
    const { perRequest, perRegister, perBit } = model.cost;
    t.true(Math.abs(perRegister - register) <= 0.15 * register + 10, `${perRegister} for ${register}`);
    t.true(Math.abs(perRequest - request) <= 0.1 * request + 20 * register, `${perRequest} for ${request}`);
    t.true(Math.abs(perBit - perRegister / 16) < 1e-9);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 100 }));
});

test("a read that waited for something else once in a while changes little", (t) => {
  const model = new CostModel(tcpReadCost);
  observed(model, 600, (bytes, n) => (n % 25 === 24 ? 400_000 : 2000 + 5 * bytes));
  t.true(Math.abs(model.cost.perRequest - 2000) < 200, `${model.cost.perRequest}`);
  t.true(Math.abs(model.cost.perRegister - 10) < 2, `${model.cost.perRegister}`);
});

test("a unit that becomes ten times slower is believed after a while", (t) => {
  const model = new CostModel(tcpReadCost);
  observed(model, 300, (bytes) => 2000 + 5 * bytes);
  observed(model, 1500, (bytes) => 20_000 + 50 * bytes);
  t.true(model.cost.perRequest > 15_000, `${model.cost.perRequest}`);
});

test("with reads of one size only, the time of a register stays as assumed", (t) => {
  const model = new CostModel(tcpReadCost);
  for (let n = 0; n < 500; n += 1) model.observe(20, 3000);
  t.true(Math.abs(model.cost.perRegister - tcpReadCost.perRegister) < 1e-6);
  t.true(Math.abs(model.cost.perRequest - 2960) < 1);
});
