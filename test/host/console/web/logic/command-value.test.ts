import test from "ava";
import { checkCommand, commandForm, isImpulse, limitsText } from "../../../../../host/console/web/src/logic/command-value.ts";

const speed = { type: "number", unit: "%", minimum: 40, maximum: 100, writable: true } as const;

test("numbers are taken with a point or a comma, within the limits", (t) => {
  t.deepEqual(checkCommand(speed, " 72.5 "), { value: 72.5 });
  t.deepEqual(checkCommand(speed, "72,5"), { value: 72.5 });
  t.deepEqual(checkCommand(speed, "120"), { wrong: "It is above the limit of 100 %." });
  t.deepEqual(checkCommand(speed, "4"), { wrong: "It is below the limit of 40 %." });
  t.deepEqual(checkCommand(speed, "fast"), { wrong: '"fast" is not a number.' });
  t.deepEqual(checkCommand(speed, ""), { wrong: "Give a number." });
});

test("limits are told with their unit", (t) => {
  t.is(limitsText(speed), "40 to 100 %");
  t.is(limitsText({ minimum: 0.3, unit: "m" }), "at least 0.3 m");
  t.is(limitsText({}), undefined);
});

test("a switch is a choice of two, a closed set a choice of its values, and a button has one", (t) => {
  t.deepEqual(commandForm({ type: "boolean" }), { name: "choice", values: [true, false] });
  t.deepEqual(commandForm({ type: "text", values: ["manual", "automatic"] }), { name: "choice", values: ["manual", "automatic"] });
  t.true(isImpulse({ type: "boolean", values: [true] }));
  t.false(isImpulse({ type: "boolean" }));
});
