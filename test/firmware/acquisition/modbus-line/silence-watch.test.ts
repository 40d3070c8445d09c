import test from "ava";
import { SilenceWatch } from "../../../../firmware/acquisition/modbus-line/silence-watch.ts";
import { millis } from "../../../../shared/base/units.ts";

const at = millis;

test("three timeouts in a row without a reply are silence", (t) => {
  const watch = new SilenceWatch();
  watch.replied(1, at(0));
  for (const expected of [false, false, true]) {
    watch.timedOut(1);
    t.is(watch.deaf(at(100), []), expected);
  }
  watch.replied(1, at(200));
  watch.timedOut(1);
  t.false(watch.deaf(at(300), []));
});

test("a unit that answered within the last minute vouches for the connection, however often another one fails", (t) => {
  const watch = new SilenceWatch();
  watch.replied(2, at(0));
  for (let n = 0; n < 50; n++) watch.timedOut(1);
  t.false(watch.deaf(at(59_999), []));
  t.true(watch.deaf(at(60_000), []));
});

test("a unit whose request waits is given its chance first", (t) => {
  const watch = new SilenceWatch();
  for (let n = 0; n < 3; n++) watch.timedOut(1);
  t.false(watch.deaf(at(0), [{ unit: 1 }, { unit: 2 }]));
  watch.timedOut(2);
  t.true(watch.deaf(at(0), [{ unit: 1 }, { unit: 2 }]));
});

test("a new connection starts without a record of timeouts", (t) => {
  const watch = new SilenceWatch();
  for (let n = 0; n < 3; n++) watch.timedOut(1);
  watch.restart();
  watch.timedOut(1);
  t.false(watch.deaf(at(0), []));
});

test("a unit answers until it times out", (t) => {
  const watch = new SilenceWatch();
  t.false(watch.answers(1));
  watch.replied(1, at(0));
  t.true(watch.answers(1));
  watch.timedOut(1);
  t.false(watch.answers(1));
});
