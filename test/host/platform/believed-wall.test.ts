import test from "ava";
import { BelievedWall } from "../../../host/platform/believed-wall.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";

const hour = millis(3_600_000);
const day = millis(24 * hour);
const decade = millis(3650 * day);

test("a clock that is set ahead is believed when it has stood so for a day", async (t) => {
  const clock = new FakeClock();
  const wall = new BelievedWall(clock);
  const begin = clock.wall();
  clock.jumpWall(decade);
  t.is(wall.now(), begin);
  for (let passed = 1; passed < 24; passed++) {
    await clock.advance(hour);
    t.is(wall.now(), instant(begin + passed * hour));
  }
  await clock.advance(hour);
  t.is(wall.now(), clock.wall());
});

test("a clock that is set back is believed at once, and one that is set ahead and back again never was", async (t) => {
  const clock = new FakeClock();
  const wall = new BelievedWall(clock);
  clock.jumpWall(millis(-decade));
  t.is(wall.now(), clock.wall());
  for (let jump = 0; jump < 100; jump++) {
    const before = clock.wall();
    clock.jumpWall(decade);
    t.is(wall.now(), before);
    await clock.advance(hour);
    clock.jumpWall(millis(-decade));
    t.is(wall.now(), clock.wall());
  }
});

test("a clock that is drawn right little by little is followed", async (t) => {
  const clock = new FakeClock();
  const wall = new BelievedWall(clock);
  for (let passed = 0; passed < 72; passed++) {
    await clock.advance(hour);
    clock.jumpWall(millis(10));
    wall.now();
  }
  t.true(Math.abs(wall.now() - clock.wall()) < 1000);
});
