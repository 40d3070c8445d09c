import test from "ava";
import fc from "fast-check";
import type { JsonObject } from "../../../shared/base/json.ts";
import { instant } from "../../../shared/base/units.ts";
import { decodeFeature, encodeFeature } from "../../../shared/twin/feature-document.ts";
import type { FeatureTwin } from "../../../shared/twin/feature-twin.ts";
import { FeatureDocumentInvalid } from "../../../shared/twin/twin-errors.ts";

const object = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));
const twins: fc.Arbitrary<FeatureTwin> = fc.record(
  {
    thing: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,20}$/),
    feature: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,20}$/),
    rev: fc.nat(),
    desiredRev: fc.nat(),
    observedRev: fc.nat(),
    desired: object,
    reported: object,
    status: fc.record({
      text: fc.string(),
      indicator: fc.constantFrom("idle", "in_progress", "error", "unspecified"),
      at: fc.nat().map(instant),
    }),
  },
  { requiredKeys: ["thing", "feature", "rev", "desiredRev", "observedRev"] },
);

const plain = (twin: FeatureTwin): unknown => JSON.parse(JSON.stringify(twin));

test("a feature that was stored comes back", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(twins, (twin) => t.deepEqual(plain(decodeFeature(twin.thing, twin.feature, encodeFeature(twin))), plain(twin))),
      { numRuns: 300 },
    ),
  );
});

test("one wrong character anywhere is found", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(twins, fc.nat(), fc.integer({ min: 1, max: 127 }), (twin, place, flip) => {
        const text = encodeFeature(twin);
        const at = place % text.length;
        const wrong = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ flip) + text.slice(at + 1);
        t.throws(() => decodeFeature(twin.thing, twin.feature, wrong), { instanceOf: FeatureDocumentInvalid });
      }),
      { numRuns: 300 },
    ),
  );
});

const stored: FeatureTwin = { thing: "pump-1", feature: "level", rev: 3, desiredRev: 2, observedRev: 0, desired: { value: 1 } };

test("a document under another key is refused", (t) => {
  const text = encodeFeature(stored);
  t.throws(() => decodeFeature("pump-2", "level", text), { instanceOf: FeatureDocumentInvalid, message: /pump-2\/level.*checksum/ });
  t.throws(() => decodeFeature("", "level", text), { instanceOf: FeatureDocumentInvalid, message: /names no feature/ });
});

test("a cut document is refused at every length", (t) => {
  const text = encodeFeature(stored);
  for (let length = 0; length < text.length; length++) {
    t.throws(() => decodeFeature("pump-1", "level", text.slice(0, length)), { instanceOf: FeatureDocumentInvalid });
  }
});

/** A whole document around wrong content: what a bug would write. */
const wrong = (twin: object): string => encodeFeature({ ...stored, ...twin });

for (const [twin, why] of [
  [{ rev: -1 }, "rev is not a whole number"],
  [{ rev: 1.5 }, "rev is not a whole number"],
  [{ desired: [] }, "desired is not an object"],
  [{ reported: 5 }, "reported is not an object"],
  [{ status: { text: 1, indicator: "idle", at: 5 } }, "status is not"],
  [{ status: { text: "a", indicator: "busy", at: 5 } }, "status is not"],
] as const) {
  test(`a document with ${JSON.stringify(twin)} is refused although its checksum is right`, (t) => {
    t.throws(() => decodeFeature("pump-1", "level", wrong(twin)), { instanceOf: FeatureDocumentInvalid, message: new RegExp(why) });
  });
}

test("members named __proto__ survive as members", (t) => {
  const desired: JsonObject = JSON.parse('{"__proto__":{"polluted":1}}');
  const twin = decodeFeature("pump-1", "level", encodeFeature({ ...stored, desired }));
  t.is(JSON.stringify(twin.desired), '{"__proto__":{"polluted":1}}');
  t.is(Reflect.get({}, "polluted"), undefined);
});
