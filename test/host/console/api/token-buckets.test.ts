import test from "ava";
import fc from "fast-check";
import { TokenBuckets } from "../../../../host/console/api/token-buckets.ts";
import { millis } from "../../../../shared/base/units.ts";

test("so many may come at once, and one more when its time has passed", (t) => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 3 }, 10);
  for (let turn = 0; turn < 3; turn++) t.is(buckets.take("anna", millis(0)), millis(0));
  t.is(buckets.take("anna", millis(0)), millis(500));
  t.true(buckets.take("anna", millis(499)) > 0);
  t.is(buckets.take("anna", millis(500)), millis(0));
  t.is(buckets.take("anna", millis(500)), millis(500));
});

test("one asker does not use up the share of another", (t) => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 10);
  t.is(buckets.take("anna", millis(0)), millis(0));
  t.is(buckets.take("ben", millis(0)), millis(0));
  t.true(buckets.take("anna", millis(0)) > 0);
});

test("of more askers than are remembered the first is forgotten and counted", (t) => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 2);
  for (const who of ["a", "b", "c"]) buckets.take(who, millis(0));
  t.is(buckets.forgotten, 1);
  t.is(buckets.take("a", millis(0)), millis(0));
  t.true(buckets.take("c", millis(0)) > 0);
});

test("over any time no more come through than burst and rate allow", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (perSecond, burst, gaps) => {
          const buckets = new TokenBuckets({ perSecond, burst }, 4);
          let now = 0;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            if (buckets.take("anna", millis(now)) === millis(0)) passed += 1;
          }
          return passed <= burst + (now / 1000) * perSecond + 1e-6;
        },
      ),
      { numRuns: 200 },
    ),
  );
});
