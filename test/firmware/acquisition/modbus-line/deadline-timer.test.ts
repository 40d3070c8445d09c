import test from "ava";
import { DeadlineTimer, never } from "../../../../firmware/acquisition/modbus-line/deadline-timer.ts";
import { type Millis, millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

test("a thousand deadlines arm one timer, and each is met", async (t) => {
  const clock = new FakeClock();
  const open = Array.from({ length: 1000 }, (_, n) => 100 + ((n * 7919) % 1000));
  const met: number[] = [];
  const timer = new DeadlineTimer(clock, (now: Millis) => {
    for (const deadline of open.filter((due) => due <= now)) {
      met.push(now - deadline);
      open.splice(open.indexOf(deadline), 1);
    }
    return open.length === 0 ? never : millis(Math.min(...open));
  });
  for (const deadline of open) timer.cover(millis(deadline));
  t.is(clock.armed, 1);
  await clock.advance(millis(2000));
  t.deepEqual(new Set(met), new Set([0]));
  t.is(met.length, 1000);
  t.is(clock.armed, 0);
});

test("a disarmed timer stays quiet until it is given a deadline again", async (t) => {
  const clock = new FakeClock();
  let fired = 0;
  const timer = new DeadlineTimer(clock, () => {
    fired++;
    return never;
  });
  timer.cover(millis(10));
  timer.disarm();
  await clock.advance(millis(20));
  t.is(fired, 0);
  timer.cover(millis(5));
  await clock.advance(millis(0));
  t.is(fired, 1, "a deadline in the past goes off at once");
});
