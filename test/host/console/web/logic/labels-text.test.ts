import test from "ava";
import { labelsFromText, labelsPatch, labelsToText } from "../../../../../host/console/web/src/logic/labels-text.ts";

test("labels are typed as pairs", (t) => {
  t.deepEqual(labelsFromText(" site=east,line = a ,"), { site: "east", line: "a" });
  t.is(labelsToText({ site: "east", line: "a" }), "site=east, line=a");
});

test("what cannot be a label says why", (t) => {
  t.regex(String(labelsFromText("9x=1")), /"9x" cannot name a label/);
  t.regex(String(labelsFromText("site")), /"site" has no value/);
});

test("a label that was taken away is null in the patch", (t) => {
  t.deepEqual(labelsPatch({ site: "east", line: "a" }, { site: "west" }), { site: "west", line: null });
});
