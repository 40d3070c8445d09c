import test from "ava";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";

const engine = new CelEngine();
const use = { what: "filter", fields: ["rev", "name", "labels", "updatedAt", "parts", "limit", "nothing", "reported"] };
const document = {
  rev: 5,
  name: "Oven",
  labels: { line: "a", "site.area": "east" },
  updatedAt: 1_763_700_000_000,
  parts: [1, 2, 3],
  limit: 21.5,
  nothing: null,
};

const gives = test.macro({
  exec(t, expression: string, expected: boolean) {
    t.is(engine.compile(expression, use)(document), expected);
  },
  title: (_given, expression, expected) => `${expression} is ${expected}`,
});
test(gives, "labels.line == 'a'", true);
test(gives, "labels['site.area'] == 'east'", true);
test(gives, "labels.line == 'b' || rev == 5", true);
test(gives, "rev > 4 && rev < 6 && limit >= 21", true);
test(gives, "rev + 1 == 6 && 10 - rev == 5 && rev % 2 == 1 && limit * 2 == 43 && rev / 2 == 2.5", true);
test(gives, "updatedAt > 1700000000000", true);
test(gives, "name.startsWith('Ov') && name.matches('^O[a-z]+$')", true);
test(gives, "rev in [1, 5]", true);
test(gives, "nothing == null", true);
test(gives, "parts.exists(one, one == 2) && size(parts) == 3", true);
test(gives, "has(labels.line) && !has(labels.floor)", true);

// What is missing.
test(gives, "labels.floor == '1'", false);
test(gives, "!(labels.floor == '1')", false);
test(gives, "labels.floor != '1'", false);
test(gives, "reported.value > 3", false);
test(gives, "reported.value > 3 || rev == 5", true);
test(gives, "name > 5", false);

const refuses = test.macro({
  exec(t, expression: string, why: RegExp) {
    const error = t.throws(() => engine.compile(expression, use)(document), { name: "EDGE_FILTER_INVALID" });
    t.regex(error.message, why);
  },
  title: (_given, expression: string, why: RegExp) => `${expression.slice(0, 40)} is refused: ${why.source}`,
});
test(refuses, "rev == ", /^filter: cannot be read from character 5 on/);
test(refuses, "name 'a'", /character 6 on: 'a'/);
test(refuses, "(((", /ends too early, at character 4/);
test(refuses, "", /ends too early, at character 1/);
test(refuses, "lables.line == 'a'", /no field lables; did you mean labels/);
test(refuses, "parts.exists(one, two == 2)", /no field two/);
test(refuses, "name", /gives a string, not true or false/);
test(refuses, "parts.map(one, one)", /no truth value/);
test(refuses, "parts.exists(a, parts.exists(b, a == b))", /a loop within a loop/);
test(refuses, `rev == ${"1".repeat(1100)}`, /at most 1024/);
test(refuses, `${"(".repeat(500)}rev${")".repeat(500)} == 1`, /nested/);
test(refuses, `size(${"[".repeat(60)}${"]".repeat(60)}) == 1`, /nested more than 32 deep/);
test(refuses, Array(160).fill("1==1").join("&&"), /more than 512 parts/);

test("loops one after the other are no loop within a loop", (t) => {
  t.true(engine.compile("parts.map(one, one + 1).exists(one, one == 4) && parts.all(one, one < 9)", use)(document));
});

test("a document whose fields bear strange names does no harm", (t) => {
  const strange = Object.assign(JSON.parse('{"labels":{"constructor":"x","__proto__":"y"}}'), { rev: 1 });
  t.false(engine.compile("labels.constructor == 'x'", use)(strange));
  t.true(engine.compile("rev == 1", use)(strange));
  t.false(engine.compile("labels.toString == 'x'", use)(strange));
});

test("an expression is compiled once", (t) => {
  const one = engine.compile("rev == 77", use);
  t.is(engine.compile("rev == 77", use), one);
  for (let at = 0; at < 300; at++) engine.compile(`rev == ${at + 100}`, use);
  t.not(engine.compile("rev == 77", use), one);
});
