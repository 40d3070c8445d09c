import test from "ava";
import { LoginThrottle } from "../../../../firmware/broker/access/login-throttle.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

test("an address waits longer after each failure beyond four, and a success clears it", async (t) => {
  const clock = new FakeClock();
  const throttle = new LoginThrottle({ clock, random: () => 0.999 });
  for (let count = 0; count < 4; count++) throttle.failed("a");
  t.false(throttle.blocked("a"));
  const waits: number[] = [];
  for (let count = 0; count < 12; count++) {
    throttle.failed("a");
    t.false(throttle.blocked("b"));
    let seconds = 0;
    for (; throttle.blocked("a"); seconds++) await clock.advance(millis(1000));
    waits.push(seconds);
  }
  t.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  throttle.failed("a");
  throttle.succeeded("a");
  t.false(throttle.blocked("a"));
});

test("so many addresses are remembered and no more", (t) => {
  const throttle = new LoginThrottle({ clock: new FakeClock(), random: () => 0 });
  for (let count = 0; count < 5; count++) throttle.failed("first");
  t.true(throttle.blocked("first"));
  for (let at = 0; at < 1024; at++) throttle.failed(`${at}`);
  t.false(throttle.blocked("first"));
});
