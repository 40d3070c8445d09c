import test from "ava";
import { formatValue } from "../../../../../host/console/web/src/format/format-value.ts";
import { unitSymbol } from "../../../../../host/console/web/src/format/unit-symbol.ts";

test("what is no value is a dash, never a zero", (t) => {
  t.is(formatValue(null), "–");
  t.is(formatValue(undefined), "–");
});

test("switches are on or off, lists are read through, texts stay", (t) => {
  t.is(formatValue(true), "on");
  t.is(formatValue([36.5, 37.25]), "36.50 · 37.25");
  t.is(formatValue("running"), "running");
});

test("a number too big for a double keeps every digit", (t) => {
  t.is(formatValue("18446744073709551615").replaceAll("\u202f", ""), "18446744073709551615");
});

test("units are written as people write them, and unknown ones as they came", (t) => {
  t.deepEqual(["m3/h", "Cel", "W.h", "bar", undefined].map(unitSymbol), ["m³/h", "°C", "Wh", "bar", ""]);
});
