import test from "ava";
import fc from "fast-check";
import { type PointValue, Quality, type Sample } from "../../../shared/acquisition/sample.ts";
import { instant } from "../../../shared/base/units.ts";
import { decodeSample, encodeSample } from "../../../shared/pipeline/sample-record.ts";
import { jsonOfPointValue } from "../../../shared/twin/reported-sample.ts";

const text = (sample: Sample): string => new TextDecoder().decode(encodeSample(sample));
const good: Sample = { thing: "pump-1", feature: "flow", value: 2.5, quality: "good", source: instant(1000), received: instant(1000) };

test("a good sample is a short text", (t) => {
  t.is(text(good), '{"t":"pump-1","f":"flow","v":2.5,"s":1000}');
});

test("quality, received time and reason are said where they tell more", (t) => {
  t.is(
    text({ ...good, quality: "stale", received: instant(1500), reason: 'no "answer"' }),
    '{"t":"pump-1","f":"flow","v":2.5,"q":"stale","s":1000,"r":1500,"e":"no \\"answer\\""}',
  );
});

test("integers beyond 2^53 are decimal text, and a number that is none is null and bad", (t) => {
  t.is(decodeSample(encodeSample({ ...good, value: 12_345_678_901_234_567_890n }))?.value, "12345678901234567890");
  const none = decodeSample(encodeSample({ ...good, value: Number.NaN }));
  t.like(none, { value: null, quality: "bad" });
});

test("a recorded sample says again what the sample said", (t) => {
  const scalar = fc.oneof(fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), fc.string());
  const value: fc.Arbitrary<PointValue | null> = fc.oneof(scalar, fc.constant(null), fc.array(scalar, { maxLength: 5 }));
  const time = fc.nat(2_000_000_000_000).map(instant);
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,20}$/);
  const sample = fc.record(
    {
      thing: id,
      feature: id,
      value,
      quality: fc.constantFrom(...Object.values(Quality)),
      source: time,
      received: time,
      reason: fc.string(),
    },
    { requiredKeys: ["thing", "feature", "value", "quality", "source", "received"] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(sample, (one) => {
        const { thing, feature, quality, source, received, reason } = one;
        const expected = JSON.stringify([thing, feature, jsonOfPointValue(one.value), quality, source, received, reason?.toWellFormed()]);
        const read = decodeSample(encodeSample(one));
        return (
          JSON.stringify([read?.thing, read?.feature, read?.value, read?.quality, read?.source, read?.received, read?.reason]) === expected
        );
      }),
    ),
  );
});

test("what is no sample is none, and never throws", (t) => {
  for (const payload of [
    "",
    "null",
    "[]",
    "{",
    '{"t":"a"}',
    '{"t":"a","f":"b","v":1,"s":"1"}',
    '{"t":"a","f":"b","v":1,"s":1,"q":"fine"}',
  ]) {
    t.is(decodeSample(new TextEncoder().encode(payload)), undefined, payload);
  }
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array(), (payload) => decodeSample(payload) === undefined || payload.length > 10)));
});
