import test from "ava";
import fc from "fast-check";
import { dutyPoint } from "../../../../host/acquisition/pump-station/pump-hydraulics.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const level = fc.double({ min: 0, max: 3.2, noNaN: true });

test("a faster pump and a fuller well never give less flow", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(share, share, level, level, (a, b, c, d) => {
        const least = dutyPoint(Math.min(a, b), Math.min(c, d), true).flow;
        const most = dutyPoint(Math.max(a, b), Math.max(c, d), true).flow;
        return least >= 0 && most >= least;
      }),
    ),
  );
});

test("at full speed the pump's head and the main's resistance meet at 45 m3/h, 1.6 bar and 3.2 kW", (t) => {
  const { flow, pressure, power } = dutyPoint(1, 1.5, true);
  t.is(Math.round(flow * 3600), 45);
  t.is(pressure.toFixed(1), "1.6");
  t.is((power / 1000).toFixed(1), "3.2");
});

test("a pump that draws air or stands still moves no water and the pipe keeps its static pressure", (t) => {
  for (const point of [dutyPoint(1, 0.1, false), dutyPoint(0, 1.5, true)]) {
    t.is(point.flow, 0);
    t.is(point.pressure.toFixed(3), "0.589");
  }
  t.is(dutyPoint(0, 1.5, true).current, 0);
});
