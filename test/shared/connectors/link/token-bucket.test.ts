import test from "ava";
import { millis } from "../../../../shared/base/units.ts";
import { TokenBucket } from "../../../../shared/connectors/link/token-bucket.ts";

test("no more than the rate goes through, whatever is asked for", (t) => {
  const bucket = new TokenBucket(1000, millis(0));
  bucket.take(bucket.available(millis(0)));
  let passed = 0;
  for (let now = 0; now <= 10_000; now += 7) {
    const may = bucket.available(millis(now));
    bucket.take(may);
    passed += may;
  }
  t.true(passed > 9900 && passed <= 10_000, `${passed}`);
});

test("it says how long to wait", (t) => {
  const bucket = new TokenBucket(100, millis(0));
  bucket.take(100);
  t.is(bucket.wait(50, millis(0)), millis(500));
  t.is(bucket.available(millis(500)), 50);
});

test("what is given goes through besides the rate", (t) => {
  const bucket = new TokenBucket(10, millis(0));
  bucket.give(500);
  t.is(bucket.available(millis(0)), 510);
  t.is(bucket.available(millis(5000)), 510);
});

test("without a rate everything goes", (t) => {
  t.is(new TokenBucket(undefined, millis(0)).available(millis(0)), Number.POSITIVE_INFINITY);
});
