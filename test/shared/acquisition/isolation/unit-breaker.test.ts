import test from "ava";
import { UnitBreaker } from "../../../../shared/acquisition/isolation/unit-breaker.ts";
import { millis } from "../../../../shared/base/units.ts";

const range = { initial: millis(1000), max: millis(60_000) };
const breaker = (random = 1): UnitBreaker => new UnitBreaker(range, () => random);

function proven(): UnitBreaker {
  const made = breaker();
  made.answered();
  made.polled();
  return made;
}

test("a unit that used to answer is left alone after three misses in a row", (t) => {
  const unit = proven();
  t.deepEqual([unit.missed(millis(0)), unit.missed(millis(1)), unit.state], [false, false, "closed"]);
  unit.answered();
  t.deepEqual([unit.missed(millis(2)), unit.missed(millis(3)), unit.missed(millis(4))], [false, false, true]);
  t.is(unit.state, "open");
});

test("a unit that never answered is left alone after the first miss", (t) => {
  const unit = breaker();
  t.true(unit.missed(millis(0)));
  t.is(unit.due, millis(1000));
});

test("probes come after 1, 2, 4 … 60 seconds", (t) => {
  const unit = breaker();
  let now = 0;
  unit.missed(millis(now));
  const waits: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    waits.push(unit.due - now);
    now = unit.due;
    unit.probing();
    t.is(unit.state, "half-open");
    t.is<number, number>(unit.due, Number.POSITIVE_INFINITY);
    unit.probeMissed(millis(now));
  }
  t.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("half of each wait is random", (t) => {
  const unit = breaker(0);
  unit.missed(millis(0));
  unit.probing();
  unit.probeMissed(millis(0));
  unit.probing();
  unit.probeMissed(millis(0));
  t.is<number, number>(unit.due, 2000);
});

test("a unit that came back is left alone again at its first miss until three polls were answered, and waits go on from where they were", (t) => {
  const unit = proven();
  for (let n = 0; n < 3; n += 1) unit.missed(millis(0));
  unit.probing();
  unit.probeMissed(millis(1000));
  unit.probing();
  t.true(unit.answered());
  t.is(unit.state, "closed");
  t.true(unit.missed(millis(10_000)));
  t.is<number, number>(unit.due, 14_000);
  unit.probing();
  unit.answered();
  for (let n = 0; n < 3; n += 1) unit.polled();
  t.false(unit.missed(millis(20_000)));
  t.is(unit.attempt, 0);
});

test("a probe that could not be made says nothing", (t) => {
  const unit = breaker();
  unit.missed(millis(0));
  unit.probing();
  unit.probeVoid(millis(5000), millis(1000));
  t.deepEqual([unit.state, unit.due, unit.attempt], ["open", 6000, 1]);
});

test("a probe can be made due sooner, never later", (t) => {
  const unit = breaker();
  unit.missed(millis(0));
  unit.hasten(millis(5000));
  t.is<number, number>(unit.due, 1000);
  unit.hasten(millis(10));
  t.is<number, number>(unit.due, 10);
});
