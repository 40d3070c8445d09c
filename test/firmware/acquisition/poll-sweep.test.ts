import test from "ava";
import { PollSweep } from "../../../firmware/acquisition/poll-sweep.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";

/** A poll that notes when it was looked at. */
function notedPoll(): {
  readonly expired: number[];
  readonly looked: number[];
  readonly swept: ConstructorParameters<typeof PollSweep>[0]["polls"];
} {
  const expired: number[] = [];
  const looked: number[] = [];
  const swept = [{ poller: { expire: (now: number) => expired.push(now) }, watch: { look: (now: number) => looked.push(now) } }];
  return { expired, looked, swept };
}

test("every poll is looked at eight times in the shortest time that makes a value stale, and no longer after the end", async (t) => {
  const clock = new FakeClock();
  const { expired, looked, swept } = notedPoll();
  const sweep = new PollSweep({ clock, polls: swept, soonest: 800 });
  await clock.advance(millis(800));
  t.is(expired.length, 8);
  t.deepEqual(looked, expired);
  sweep.close();
  await clock.advance(millis(800));
  t.is(expired.length, 8);
  t.is(clock.armed, 0);
});

for (const [soonest, most, words] of [
  [Number.POSITIVE_INFINITY, 4, "seldom at least four times a second"],
  [1, 100, "often at most a hundred times a second"],
] as const) {
  test(`it looks ${words}`, async (t) => {
    const clock = new FakeClock();
    const { expired, swept } = notedPoll();
    const sweep = new PollSweep({ clock, polls: swept, soonest });
    await clock.advance(millis(1000));
    t.is(expired.length, most);
    sweep.close();
  });
}

test("without polls no time is armed", (t) => {
  const clock = new FakeClock();
  new PollSweep({ clock, polls: [], soonest: Number.POSITIVE_INFINITY });
  t.is(clock.armed, 0);
});

test("it looks more often when a value comes that is stale sooner, and never more seldom", async (t) => {
  const clock = new FakeClock();
  const { expired, swept } = notedPoll();
  const sweep = new PollSweep({ clock, polls: swept, soonest: 1600 });
  sweep.hasten(800);
  sweep.hasten(80_000);
  await clock.advance(millis(200));
  expired.length = 0;
  await clock.advance(millis(800));
  t.is(expired.length, 8);
  sweep.close();
});
