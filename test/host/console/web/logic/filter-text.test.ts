import test from "ava";
import { featuresOf, thingFilter } from "../../../../../host/console/web/src/logic/filter-text.ts";

test("nothing looked for is no filter", (t) => t.is(thingFilter({ text: "  ", board: "", kind: "" }), undefined));

test("words are looked for in id and name, pairs among labels", (t) => {
  t.is(
    thingFilter({ text: "pump line=a", board: "east", kind: "device" }),
    '(id.contains("pump") || name.contains("pump")) && ("line" in labels && labels["line"] == "a") && board == "east" && kind == "device"',
  );
});

test("quotes in what is typed stay inside the literal", (t) => {
  t.is(thingFilter({ text: 'a"b', board: "", kind: "" }), '(id.contains("a\\"b") || name.contains("a\\"b"))');
});

test("a filter that would be too long is none", (t) => {
  t.is(featuresOf(["pump"]), 'thing == "pump"');
  t.is(featuresOf(Array.from({ length: 100 }, (_, index) => `a-rather-long-name-${index}`)), undefined);
  t.is(featuresOf([]), undefined);
});
