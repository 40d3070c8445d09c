import test from "ava";
import { FineClock } from "../../../../firmware/acquisition/modbus-rtu/fine-clock.ts";
import { NodeClock } from "../../../../firmware/platform/clock-node.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { median } from "../../../harness/process-figures.ts";

test("no wait is early, and the best of many ends within half a millisecond of its time", async (t) => {
  const clock = new FineClock(new NodeClock());
  for (const delay of [0, 0.2, 1, 1.75, 4.01]) {
    const overshoots: number[] = [];
    for (let n = 0; n < 30; n++) {
      const begun = clock.monotonic();
      await new Promise<void>((resolve) => clock.after(millis(delay), resolve));
      overshoots.push(clock.monotonic() - begun - delay);
    }
    t.true(Math.min(...overshoots) >= 0, `${delay}`);
    t.true(Math.min(...overshoots) < 0.5, `${delay}: best ${Math.min(...overshoots)}, middle ${median(overshoots)}`);
  }
});

test("a wait that is disarmed does not end, in whichever part of it", async (t) => {
  const fake = new FakeClock();
  const clock = new FineClock(fake);
  let ended = 0;
  for (const delay of [0, 0.3, 3]) clock.after(millis(delay), () => ended++)();
  const spinning = clock.after(millis(0.5), () => ended++);
  await settle();
  spinning();
  await fake.advance(millis(10));
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.is(ended, 0);
});

test("long waits and the time itself are the clock's underneath", async (t) => {
  const fake = new FakeClock();
  const clock = new FineClock(fake);
  let ended = false;
  clock.after(millis(1000), () => {
    ended = true;
  });
  await fake.advance(millis(999));
  t.false(ended);
  await fake.advance(millis(1));
  t.true(ended);
  t.deepEqual([clock.wall(), clock.monotonic()], [fake.wall(), fake.monotonic()]);
});

test("a wait never ends before the way to disarm it is known, however the time jumps meanwhile", async (t) => {
  // A process that is not given the processor between two looks at the clock finds its wait over at the second.
  let now = 0;
  const jumping = new FakeClock();
  jumping.monotonic = () => {
    now += 50;
    return millis(now);
  };
  const clock = new FineClock(jumping);
  for (const delay of [0, 0.3, 3]) {
    let known = false;
    await new Promise<void>((resolve) => {
      clock.after(millis(delay), () => {
        t.true(known, `${delay}`);
        resolve();
      });
      known = true;
    });
  }
});
