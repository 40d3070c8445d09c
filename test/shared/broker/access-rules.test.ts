import test from "ava";
import { bindRules, breaksPatterns, joinRules, mayPublish, maySubscribe, usesPlaceholder } from "../../../shared/broker/access-rules.ts";

const rules = { publish: ["in/%u/+", "%c"], subscribe: ["out/#", "$SYS/#", "$other/#"] };

test("placeholders are filled in, and a filter whose placeholder would act as a wildcard is left out", (t) => {
  t.deepEqual(bindRules(rules, { user: "ann", client: "c1" }).publish, ["in/ann/+", "c1"]);
  t.deepEqual(bindRules(rules, { user: "ann", client: "a/#" }).publish, ["in/ann/+"]);
  t.deepEqual(bindRules(rules, { user: "+", client: "%u" }).publish, ["%u"]);
  t.deepEqual(bindRules(rules, { user: "$&", client: "" }).publish, ["in/$&/+"]);
  t.true(usesPlaceholder(rules, "%u"));
  t.false(usesPlaceholder({ publish: [], subscribe: ["a"] }, "%c"));
  for (const name of ["", "+", "a/b", "#", "a\0"]) t.true(breaksPatterns(name));
});

test("what no filter allows is refused, and reserved topics always are", (t) => {
  const bound = bindRules(rules, { user: "ann", client: "c1" });
  t.true(mayPublish(bound, "in/ann/x"));
  t.false(mayPublish(bound, "in/ann/x/y"));
  t.false(mayPublish(bound, "in/bob/x"));
  t.false(mayPublish({ publish: ["#", "$SYS/#"], subscribe: [] }, "$SYS/a"));
  t.true(maySubscribe(bound, "out/+/a"));
  t.false(maySubscribe(bound, "#"));
  t.true(maySubscribe(bound, "$SYS/a/#"));
  t.false(maySubscribe(bound, "$other/a"));
  t.false(maySubscribe({ publish: [], subscribe: ["#"] }, "$SYS/#"));
});

test("joined rules allow what one of them allows", (t) => {
  const joined = joinRules([
    { publish: ["a"], subscribe: [] },
    { publish: ["b"], subscribe: ["c"] },
  ]);
  t.deepEqual(joined, { publish: ["a", "b"], subscribe: ["c"] });
});
