import test from "ava";
import fc from "fast-check";
import { BootWatch } from "../../../../host/broker/coordinator/boot-watch.ts";
import { RateMeter } from "../../../../host/broker/coordinator/rate-meter.ts";
import { Supervision } from "../../../../host/broker/coordinator/supervision.ts";
import { millis } from "../../../../shared/base/units.ts";

test("failures in a row wait 1, 2, 4 and 8 seconds; the fifth within ten minutes is given up", (t) => {
  const supervision = new Supervision();
  const waits = [0, 1000, 3000, 7000, 15_000].map((at) => supervision.failed(millis(at)));
  t.deepEqual(waits.map(Number), [1000, 2000, 4000, 8000, Number.NaN]);
});

test("a failure now and then is never given up, and no wait is longer than a minute", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 150_001, max: 900_000 }), { maxLength: 30 }), (pauses) => {
        const supervision = new Supervision();
        let now = 0;
        return pauses.every((pause) => {
          now += pause;
          const wait = supervision.failed(millis(now));
          return wait !== undefined && wait >= 1000 && wait <= 60_000;
        });
      }),
    ),
  );
});

test("what somebody mended begins with a clean sheet", (t) => {
  const supervision = new Supervision();
  for (let at = 0; at < 5; at++) supervision.failed(millis(at));
  supervision.forgive();
  t.is(Number(supervision.failed(millis(10))), 1000);
});

test("a restart is no second board; a start that comes back after another is", (t) => {
  const watch = new BootWatch();
  t.deepEqual(
    ["a", "a", "b", "b", "c", "a", "c", "d"].map((boot) => watch.heard(boot)),
    [false, false, false, false, false, true, true, false],
  );
});

test("a rate is what came in the last seconds, and falls when nothing comes", (t) => {
  const meter = new RateMeter();
  t.is(meter.rate(millis(0)), 0);
  for (let at = 0; at <= 20_000; at += 100) meter.add(10, millis(at));
  t.true(Math.abs(meter.rate(millis(20_000)) - 100) < 15, String(meter.rate(millis(20_000))));
  t.true(meter.rate(millis(31_000)) < 20);
});
