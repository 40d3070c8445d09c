import test from "ava";
import { largestWindow, WindowLearner } from "../../../../firmware/acquisition/modbus-tcp/window-learner.ts";
import { millis } from "../../../../shared/base/units.ts";

/** Feeds replies with a full window; `latency` says how long a transaction takes with so many under way. */
function feed(learner: WindowLearner, replies: number, latency: (window: number) => number): void {
  for (let n = 0; n < replies; n++) learner.replied(millis(latency(learner.window)), learner.window);
}

const network = (): number => 20;
const serialGateway = (window: number): number => 100 * window;

test("it starts with one transaction", (t) => {
  t.is(new WindowLearner().window, 1);
});

test("where the way is long it goes up to sixteen and no further", (t) => {
  const learner = new WindowLearner();
  feed(learner, 10_000, network);
  t.is(learner.window, largestWindow);
});

test("a device that works one request after the other gets no more than one, without a single timeout", (t) => {
  const learner = new WindowLearner();
  feed(learner, 1000, serialGateway);
  t.is(learner.window, 1);
});

test("it stops where the device is busy all the time", (t) => {
  const learner = new WindowLearner();
  feed(learner, 1000, (window) => Math.max(20, window * 4));
  t.is(learner.window, 5);
});

test("single slow replies do not stop it", (t) => {
  const learner = new WindowLearner();
  let n = 0;
  feed(learner, 1000, () => (n++ % 5 === 0 ? 500 : 20));
  t.is(learner.window, largestWindow);
});

test("replies to requests that did not fill the window tell nothing", (t) => {
  const learner = new WindowLearner();
  feed(learner, 60, network);
  const reached = learner.window;
  t.true(reached > 1);
  for (let n = 0; n < 1000; n++) learner.replied(millis(1), 1);
  t.is(learner.window, reached);
});

test("trouble halves the window and sets a ceiling below where it happened", (t) => {
  const learner = new WindowLearner();
  feed(learner, 1000, network);
  learner.trouble(millis(10), millis(20));
  t.is(learner.window, 8);
  t.is(learner.ceiling, 15);
  feed(learner, 1000, network);
  t.is(learner.window, 15);
});

test("requests sent before the last cut do not cut again", (t) => {
  const learner = new WindowLearner();
  feed(learner, 1000, network);
  for (let sentAt = 0; sentAt < 16; sentAt++) learner.trouble(millis(sentAt), millis(20));
  t.is(learner.window, 8);
  learner.trouble(millis(21), millis(30));
  t.is(learner.window, 4);
});

test("with one under way there is nothing to halve", (t) => {
  const learner = new WindowLearner();
  learner.trouble(millis(1), millis(2));
  t.is(learner.window, 1);
  t.is(learner.ceiling, largestWindow);
});

test("a device that fails with more than two settles at two, and is tested more and more seldom", (t) => {
  const learner = new WindowLearner();
  const tries: number[] = [];
  for (let now = 0; now < 100_000; now++) {
    if (learner.window > 2) {
      tries.push(now);
      learner.trouble(millis(now - 0.5), millis(now));
    } else feed(learner, 1, network);
  }
  t.is(learner.ceiling, 2);
  t.true(tries.length >= 3 && tries.length <= 8, `${tries.length} tries`);
  const gaps = tries.slice(1).map((at, n) => at - (tries[n] ?? 0));
  for (const [n, gap] of gaps.entries()) if (n > 0) t.true(gap > 1.8 * (gaps[n - 1] ?? 0), `gaps ${gaps}`);
});

test("a ceiling gives way after a long clean run", (t) => {
  const learner = new WindowLearner();
  feed(learner, 1000, network);
  learner.trouble(millis(1), millis(2));
  feed(learner, 6000, network);
  t.is(learner.window, 16);
});

test("what an earlier run settled on is used at once, told on when another is, and given up where the device bears less now", (t) => {
  const told: number[] = [];
  const first = new WindowLearner(1, (window) => told.push(window));
  feed(first, 1000, (window) => Math.max(20, window * 4));
  t.is(told.at(-1), 5);
  const second = new WindowLearner(told.at(-1), (window) => told.push(window));
  t.is(second.window, 5);
  feed(second, 1000, (window) => Math.max(20, window * 4));
  t.is(second.window, 5);
  second.trouble(millis(10), millis(20));
  t.is(second.window, 2);
  t.is(told.at(-1), 2);
  t.is(new WindowLearner(1000).window, largestWindow);
});
