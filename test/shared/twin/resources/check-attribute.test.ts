import test from "ava";
import type { AttributeSpec } from "../../../../shared/twin/documents/definition-document.ts";
import { checkAttributes, checkTransitions, toleranceOf } from "../../../../shared/twin/resources/check-attribute.ts";
import { checkDefinition } from "../../../../shared/twin/resources/check-definition.ts";
import { checkDesired } from "../../../../shared/twin/resources/check-desired.ts";

const paths = (attributes: readonly AttributeSpec[], half: "desired" | "reported", part: object): readonly string[] =>
  [...checkAttributes(half, JSON.parse(JSON.stringify(part)), attributes)].map(({ path, expected }) => `${path}: ${expected}`);

test("each half is held to its own values, and only desired to the bounds", (t) => {
  const speed: AttributeSpec = { feature: "speed", type: "integer", minimum: 0, maximum: 10 };
  t.deepEqual(paths([speed], "desired", { value: 11 }), ["/desired/value: at most 10"]);
  t.deepEqual(paths([speed], "desired", { value: -1 }), ["/desired/value: at least 0"]);
  t.deepEqual(paths([speed], "desired", { value: 1.5 }), ["/desired/value: a whole number"]);
  t.deepEqual(paths([speed], "reported", { value: 11 }), []);
  t.deepEqual(paths([speed], "reported", { value: null }), []);
  t.deepEqual(paths([speed], "desired", {}), []);
  const state: AttributeSpec = {
    feature: "s",
    path: "door/state",
    type: "text",
    desiredValues: ["open"],
    reportedValues: ["open", "moving"],
  };
  t.deepEqual(paths([state], "desired", { door: { state: "moving" } }), ["/desired/door/state: one of open"]);
  t.deepEqual(paths([state], "reported", { door: { state: "moving" } }), []);
  t.deepEqual(paths([state], "reported", { door: { state: "shut" } }), ["/reported/door/state: one of open, moving"]);
});

// The states of a host and what may be asked for in each: platforms §2.1.
const host: AttributeSpec = {
  feature: "lifecycle",
  path: "state",
  type: "text",
  transitions: {
    unspecified: ["registered", "onboarded", "untrusted", "deleted"],
    registered: ["registered", "onboarded", "deleted"],
    onboarded: ["onboarded", "untrusted", "deleted"],
    untrusted: ["untrusted", "deleted"],
    deleted: ["deleted"],
  },
};
const moves = test.macro({
  exec(t, from: string | undefined, to: string, legal: boolean) {
    const check = (): void =>
      checkTransitions([host], { before: undefined, wanted: { state: to }, reported: from === undefined ? undefined : { state: from } });
    if (legal) t.notThrows(check);
    else t.throws(check, { name: "EDGE_TRANSITION_ILLEGAL" });
  },
  title: (_given, from: string | undefined, to: string, legal: boolean) =>
    `from ${from ?? "nothing"} to ${to} is ${legal ? "legal" : "illegal"}`,
});
test(moves, undefined, "onboarded", true);
test(moves, undefined, "running", false);
test(moves, "registered", "onboarded", true);
test(moves, "registered", "untrusted", false);
test(moves, "onboarded", "untrusted", true);
test(moves, "onboarded", "registered", false);
test(moves, "untrusted", "onboarded", false);
test(moves, "untrusted", "deleted", true);
test(moves, "deleted", "registered", false);
test(moves, "lost", "deleted", false);

test("what was wanted before is not asked again", (t) => {
  t.notThrows(() =>
    checkTransitions([host], { before: { state: "onboarded" }, wanted: { state: "onboarded" }, reported: { state: "untrusted" } }),
  );
});

test("the tolerance of the value is found", (t) => {
  t.is(
    toleranceOf([
      { feature: "a", path: "x", type: "number", tolerance: 3 },
      { feature: "a", type: "number", tolerance: 0.5 },
    ]),
    0.5,
  );
  t.is(toleranceOf([]), 0);
});

test("a definition that contradicts itself is told where", (t) => {
  const problems = checkDefinition({
    attributes: [
      { feature: "a", type: "number", minimum: 2, maximum: 1 },
      { feature: "a", type: "text" },
      { feature: "b", type: "text", minimum: 1, desiredValues: ["x", 3], reportedValues: ["x"], transitions: { y: ["x"], x: ["z"] } },
      { feature: "c", type: "boolean", path: "a//b" },
    ],
  });
  t.deepEqual(
    [...problems].map(({ path }) => path),
    [
      "/attributes/0/maximum",
      "/attributes/1",
      "/attributes/2/minimum",
      "/attributes/2/desiredValues",
      "/attributes/2/transitions/y",
      "/attributes/2/transitions/x",
      "/attributes/3/path",
    ],
  );
});

test("values of points are held to what the board says of them", (t) => {
  const feature = (traits: object) => ({ thing: "p", id: "x", traits: { writable: true, ...traits } });
  const problems = (traits: object, desired: object) => [...checkDesired(feature(traits), JSON.parse(JSON.stringify(desired)))].length;
  t.is(problems({ type: "list" }, { value: [1, "a", true] }), 0);
  t.is(problems({ type: "list" }, { value: [{}] }), 1);
  t.is(problems({ type: "object" }, { value: { a: 1 } }), 0);
  t.is(problems({ type: "object" }, { a: 1 }), 0);
  t.is(problems({}, { value: 1 }), 0);
  t.is(problems({}, { value: {} }), 1);
  t.is(problems({ type: "number", values: [1, 2] }, { value: 3 }), 1);
  t.throws(() => problems({ writable: false }, { value: 1 }), { name: "EDGE_NOT_WRITABLE" });
});
