import test from "ava";
import { instant } from "../../../shared/base/units.ts";
import { desiredValue } from "../../../shared/twin/desired-value.ts";
import { previousSample } from "../../../shared/twin/previous-sample.ts";

test("a stored report gives its value and the time the device had it", (t) => {
  t.deepEqual(previousSample({ value: [1, 2], quality: "good", source: 7, received: 8 }), { value: [1, 2], source: instant(7) });
});

test("a report without a value, or of another shape, gives nothing", (t) => {
  for (const reported of [
    undefined,
    {},
    { value: null, source: 7 },
    { value: 1 },
    { value: { a: 1 }, source: 7 },
    { value: 1, source: "7" },
  ])
    t.is(previousSample(reported), undefined);
});

test("a desired document is read with who wanted it and when, and nothing else passes for one", (t) => {
  t.deepEqual(desiredValue({ value: true, by: "anna", at: 5 }), { value: true, by: "anna", at: instant(5) });
  for (const document of [undefined, {}, { value: null, by: "anna", at: 5 }, { value: 1, at: 5 }, { value: 1, by: "anna" }])
    t.is(desiredValue(document), undefined);
});
