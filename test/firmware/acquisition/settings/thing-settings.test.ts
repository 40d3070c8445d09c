import test from "ava";
import fc from "fast-check";
import { parseSettings, SettingsRefused } from "../../../../firmware/acquisition/settings/thing-settings.ts";
import type { JsonValue } from "../../../../shared/base/json.ts";

const polled = new Set(["level", "flow"]);

test("periods come as milliseconds or as durations, and are kept as milliseconds", (t) => {
  const settings = parseSettings(
    { enabled: true, period: "1.5 s", points: { level: { period: 500, deadband: 0.1 }, flow: { period: "2 min" } } },
    polled,
  );
  t.deepEqual(settings, { enabled: true, period: 1500, points: { level: { period: 500, deadband: 0.1 }, flow: { period: 120_000 } } });
  t.deepEqual(parseSettings({}, polled), {});
});

const refused: readonly (readonly [what: string, document: JsonValue, named: RegExp])[] = [
  ["a list", [], /the whole/],
  ["a member that is none", { colour: "red" }, /colour/],
  ["enabled that is no truth value", { enabled: 1 }, /enabled/],
  ["a period that is too short", { period: 9 }, /period: expected a period from 10 ms/],
  ["a period that is too long", { period: "25 h" }, /period/],
  ["a period that is no time", { period: "soon" }, /period/],
  ["a point that is not polled", { points: { storm: { period: 100 } } }, /points\.storm: expected one of .*level, flow/],
  ["a member of a point that is none", { points: { level: { rate: 1 } } }, /points\.level\.rate/],
  ["a deadband below 0", { points: { level: { deadband: -1 } } }, /points\.level\.deadband/],
  ["a deadband that is no number", { points: { level: { deadband: "1" } } }, /points\.level\.deadband/],
];
for (const [what, document, named] of refused)
  test(`settings with ${what} are refused, with the name of the member`, (t) => {
    t.throws(() => parseSettings(document, polled), { instanceOf: SettingsRefused, message: named });
  });

test("whatever comes is taken in the form that it is kept in, or refused", (t) => {
  const member = fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constantFrom("500 ms", "1 d", "x"), fc.constant(null));
  const point = fc.record({ period: member, deadband: member }, { requiredKeys: [] });
  const document = fc.record(
    { enabled: member, period: member, points: fc.dictionary(fc.constantFrom("level", "flow", "__proto__"), point) },
    { requiredKeys: [] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(document, (given) => {
        const json: JsonValue = JSON.parse(JSON.stringify(given));
        try {
          const settings = parseSettings(json, polled);
          const again: JsonValue = JSON.parse(JSON.stringify(settings));
          t.deepEqual(parseSettings(again, polled), settings);
          return settings.period === undefined || (settings.period >= 10 && settings.period <= 86_400_000);
        } catch (error) {
          return error instanceof SettingsRefused;
        }
      }),
      { numRuns: 500 },
    ),
  );
});
