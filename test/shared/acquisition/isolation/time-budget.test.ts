import test from "ava";
import fc from "fast-check";
import { TimeBudget } from "../../../../shared/acquisition/isolation/time-budget.ts";
import { millis } from "../../../../shared/base/units.ts";

test("whoever waits as told never spends more than the share of the time and one burst", (t) => {
  const steps = fc.array(fc.record({ pass: fc.integer({ min: 0, max: 5000 }), cost: fc.integer({ min: 1, max: 1000 }) }), {
    maxLength: 100,
  });
  const property = fc.property(steps, fc.integer({ min: 1, max: 50 }), (taken, percent) => {
    const budget = new TimeBudget({ share: percent / 100, burst: millis(1000) }, millis(0));
    let [now, spent] = [0, 0];
    for (const { pass, cost } of taken) {
      now += pass;
      if (budget.wait(millis(cost), millis(now)) > 0) continue;
      budget.spend(millis(cost), millis(now));
      spent += cost;
    }
    t.true(spent <= (now * percent) / 100 + 1e-6);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test("after the wait it named, a cost can be spent; one above the burst as well, by going into debt", (t) => {
  const budget = new TimeBudget({ share: 0.03, burst: millis(1000) }, millis(0));
  t.is<number, number>(budget.wait(millis(300), millis(0)), 10_000);
  t.is<number, number>(budget.wait(millis(300), millis(10_000)), 0);
  budget.spend(millis(300), millis(10_000));
  const wait = budget.wait(millis(3000), millis(10_000));
  t.is<number, number>(wait, 33_334);
  budget.spend(millis(3000), millis(10_000 + wait));
  t.true(budget.wait(millis(0), millis(10_000 + wait)) > 0);
});

test("draining takes what is there and makes no debt; what is given back can be spent again", (t) => {
  const budget = new TimeBudget({ share: 0.5, burst: millis(100) }, millis(0));
  budget.drain(millis(5000), millis(100));
  t.is<number, number>(budget.wait(millis(10), millis(100)), 20);
  budget.refund(millis(10), millis(100));
  t.is<number, number>(budget.wait(millis(10), millis(100)), 0);
});
