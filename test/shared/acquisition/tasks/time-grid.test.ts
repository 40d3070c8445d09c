import test from "ava";
import fc from "fast-check";
import { gridAfter, gridCount, gridFrom } from "../../../../shared/acquisition/tasks/time-grid.ts";

const someGrid = fc.record({ epoch: fc.integer({ min: -1_000_000, max: 1_000_000 }), every: fc.integer({ min: 1, max: 5000 }) });
const someInstant = fc.integer({ min: -2_000_000, max: 2_000_000 });

test("an instant of the grid is from itself on, and after itself comes the next", (t) => {
  t.is(gridFrom({ epoch: 3, every: 10 }, 23), 23);
  t.is(gridAfter({ epoch: 3, every: 10 }, 23), 33);
  t.is(gridFrom({ epoch: 3, every: 10 }, -8), -7);
});

test("the grid is found by no other way than counting", (t) => {
  const property = fc.property(someGrid, someInstant, fc.integer({ min: 0, max: 50_000 }), (grid, at, span) => {
    const on = (instant: number): boolean => (instant - grid.epoch) % grid.every === 0;
    let from = at;
    while (!on(from)) from++;
    t.is(gridFrom(grid, at), from);
    t.is(gridAfter(grid, at), from > at ? from : from + grid.every);
    let count = 0;
    for (let instant = gridAfter(grid, at); instant <= at + span; instant += grid.every) count++;
    t.is(gridCount(grid, at, at + span), count);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test("periods that are no whole number keep their grid", (t) => {
  const grid = { epoch: 0.1, every: 100 / 3 };
  let at = gridFrom(grid, 0);
  for (let n = 0; n < 10_000; n++) {
    t.true(Math.abs(at - (0.1 + (n * 100) / 3)) < 1e-6, `${n}: ${at}`);
    const next = gridAfter(grid, at);
    t.is(gridCount(grid, at, next), 1);
    t.is(gridFrom(grid, next), next);
    at = next;
  }
});
