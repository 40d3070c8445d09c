import test from "ava";
import { millis } from "../../../../shared/base/units.ts";
import { SendWindow } from "../../../../shared/connectors/link/send-window.ts";

const range = { least: 1000, most: 8000 };

/** Sends as much as fits and answers it `delay` later, many times. */
function play(window: SendWindow, delay: number, from = 0): void {
  for (let round = 0, now = from; round < 200; round++, now += delay) {
    let sent = 0;
    while (window.fits(500)) {
      window.take(500);
      sent++;
    }
    for (; sent > 0; sent--) {
      window.release(500);
      window.answered(500, millis(delay), millis(now + delay));
    }
  }
}

test("prompt answers open the window, as far as it goes", (t) => {
  const window = new SendWindow(range);
  play(window, 5);
  t.is(window.limit, range.most);
});

test("answers that take far longer than the way needs close it, as far as it goes", (t) => {
  const window = new SendWindow(range);
  play(window, 5);
  window.take(500);
  for (let answer = 0; answer < 200; answer++) window.answered(500, millis(200), millis(2000 + answer));
  t.is(window.limit, range.least);
});

test("a way that is slow by itself closes nothing", (t) => {
  const window = new SendWindow(range);
  play(window, 400);
  t.is(window.limit, range.most);
});

test("one message may always go, however large", (t) => {
  const window = new SendWindow(range);
  t.true(window.fits(100_000));
  window.take(100_000);
  t.false(window.fits(1));
});
