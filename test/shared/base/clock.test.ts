import test from "ava";
import { sleep } from "../../../shared/base/clock.ts";
import { Stopped } from "../../../shared/base/stop-signal.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock, settle } from "../../harness/fake-clock.ts";

test("a sleep ends when its time has passed, and not before", async (t) => {
  const clock = new FakeClock();
  let awake = false;
  const slept = sleep(clock, millis(1000), new AbortController().signal).then(() => {
    awake = true;
  });
  await clock.advance(millis(999));
  t.false(awake);
  await clock.advance(millis(1));
  await slept;
  t.true(awake);
});

test("a stop signal ends a sleep at once and disarms its timer", async (t) => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const slept = sleep(clock, millis(1000), stop.signal);
  stop.abort();
  await t.throwsAsync(slept, { instanceOf: Stopped });
  await settle();
  t.is(clock.armed, 0);
});

test("a sleep that is stopped before it begins does not begin", async (t) => {
  const clock = new FakeClock();
  await t.throwsAsync(sleep(clock, millis(1000), AbortSignal.abort()), { instanceOf: Stopped });
  t.is(clock.armed, 0);
});
