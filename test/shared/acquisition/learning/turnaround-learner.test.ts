import test from "ava";
import fc from "fast-check";
import { TurnaroundLearner } from "../../../../shared/acquisition/learning/turnaround-learner.ts";
import { millis } from "../../../../shared/base/units.ts";

/** Polls of two requests, the second at once after the first, as often as wanted; the first comes after a pause. Gives the requests missed. */
function poll(learner: TurnaroundLearner, need: number, times: number): number {
  let missed = 0;
  for (let n = 0; n < times; n += 1) {
    for (const pause of [900, 0]) {
      const silence = Math.max(pause, learner.turnaround);
      if (silence < need) missed += 1;
      learner.observe(millis(silence), silence >= need);
    }
  }
  return missed;
}

test("the smallest silence a unit needs is found, whatever it is", (t) => {
  const property = fc.property(fc.integer({ min: 3, max: 700 }), (need) => {
    const learner = new TurnaroundLearner();
    const missed = poll(learner, need, 200);
    const { settled } = learner;
    t.true(settled >= need && settled <= need * 1.15 + 4, `${settled} for ${need}`);
    t.true(missed <= 25, `${missed} misses`);
    t.is(learner.turnaround, settled);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 60 }));
});

test("a unit that needs none, misses now and then or is dead is not suspected", (t) => {
  const well = new TurnaroundLearner();
  for (let n = 0; n < 300; n += 1) well.observe(millis(n % 3 === 0 ? 500 : 0), n % 7 !== 0);
  const dead = new TurnaroundLearner();
  for (let n = 0; n < 300; n += 1) dead.observe(millis(n % 3 === 0 ? 500 : 0), false);
  t.deepEqual([well.turnaround, dead.turnaround], [0, 0]);
  t.is(dead.fallback, undefined);
});

test("what was learned is used from the start, and given up when less will do", (t) => {
  const learner = new TurnaroundLearner(millis(120));
  t.is<number, number>(learner.turnaround, 120);
  learner.retest();
  t.is(learner.fallback, millis(120));
  poll(learner, 0, 100);
  t.true(learner.settled <= 2, `${learner.settled}`);
});

test("a unit that needs more than a second gets nothing: it is not a matter of silence", (t) => {
  const learner = new TurnaroundLearner();
  for (let n = 0; n < 100; n += 1) {
    learner.observe(millis(5000), true);
    learner.observe(learner.turnaround, false);
  }
  t.is<number, number>(learner.settled, 0);
});
