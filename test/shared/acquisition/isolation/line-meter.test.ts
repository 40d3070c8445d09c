import test from "ava";
import { LineMeter } from "../../../../shared/acquisition/isolation/line-meter.ts";
import { millis } from "../../../../shared/base/units.ts";

test("an exchange that queued had the line only since the one before it ended", (t) => {
  const meter = new LineMeter();
  t.is<number, number>(meter.begin(millis(100)), Number.POSITIVE_INFINITY);
  t.is<number, number>(meter.begin(millis(110)), 0);
  t.is<number, number>(meter.end(millis(100), millis(150)), 50);
  t.is<number, number>(meter.end(millis(110), millis(180)), 30);
  t.is<number, number>(meter.begin(millis(200)), 20);
  t.is<number, number>(meter.end(millis(200), millis(240)), 40);
  t.is<number, number>(meter.busy, 120);
});

test("utilisation is the busy share of the last five seconds", (t) => {
  const meter = new LineMeter();
  for (let now = 0; now <= 5000; now += 100) {
    meter.begin(millis(now));
    meter.end(millis(now), millis(now + 25));
  }
  t.true(Math.abs(meter.utilisation - 0.25) < 0.01, `${meter.utilisation}`);
});

test("an exchange that came to nothing took no time", (t) => {
  const meter = new LineMeter();
  meter.begin(millis(0));
  meter.drop();
  t.is<number, number>(meter.busy, 0);
  t.is<number, number>(meter.begin(millis(10)), Number.POSITIVE_INFINITY);
});
