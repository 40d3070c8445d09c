import test from "ava";
import fc from "fast-check";
import { isPlainJson, locate, placeOf, scanJson } from "../../../shared/base/json-source.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("a text has a fault exactly when the parser refuses it", (t) => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc.stringMatching(/^[[\]{}",:\\ 0-9.eE+-]{0,12}$/),
    fc.constantFrom("01", "1.", "-", "1e", "tru", "nulll", '"\\x"', '"\u007f"', '"\t"', "[1,]", "\u00a01"),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(texts, (text) => (scanJson(text).fault === undefined) === parses(text)),
      { numRuns: 2000 },
    ),
  );
});

test("all that stands before a fault could have gone on as JSON", (t) => {
  const damaged = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(200), fc.constantFrom("§", '"', "}", ","));
  t.notThrows(() =>
    fc.assert(
      fc.property(damaged, ([text, at, insert]) => {
        const broken = text.slice(0, at) + insert + text.slice(at);
        const fault = scanJson(broken).fault;
        if (fault === undefined) return parses(broken);
        const before = broken.slice(0, fault.offset);
        const early = scanJson(before).fault;
        return early === undefined || early.offset === before.length;
      }),
      { numRuns: 1000 },
    ),
  );
});

test("repeated keys are counted where they are, and never where they are not", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => isPlainJson(text, JSON.parse(text)) && scanJson(text).duplicates.length === 0),
    ),
  );
  const twice = '{"a": {"b:": 1, "c": [":"], "b\\u003a": 2}, "a": 3}';
  t.false(isPlainJson(twice, JSON.parse(twice)));
  t.deepEqual(scanJson(twice).duplicates, ["/a/b:", "/a"]);
});

test("nesting beyond all sense is a fault, not a stack overflow", (t) => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  t.false(isPlainJson(deep, JSON.parse(deep)));
  const bearable = `${"[".repeat(65)}${"]".repeat(65)}`;
  t.true(isPlainJson(bearable, JSON.parse(bearable)));
  t.is(scanJson(bearable).fault, undefined);
  const deeper = `[${bearable}]`;
  t.false(isPlainJson(deeper, JSON.parse(deeper)));
  t.is(scanJson(deeper).fault?.found, "more than 64 levels");
  t.is(scanJson("[".repeat(1_000_000)).fault?.found, "more than 64 levels");
});

test("long texts are passed over without running out of stack", (t) => {
  t.is(scanJson(JSON.stringify("\\".repeat(1_000_000))).fault, undefined);
  t.is(scanJson(JSON.stringify("x".repeat(4_000_000))).fault, undefined);
});

test("line and column count from 1", (t) => {
  t.deepEqual(placeOf("ab\ncd", 0), { line: 1, column: 1 });
  t.deepEqual(placeOf("ab\ncd", 4), { line: 2, column: 2 });
});

test("keys, items and the outer place of what is missing are found", (t) => {
  const text = '{"a":\n [1,\n  {"b~/c": 2}]}';
  t.deepEqual(locate(text, ["", "/a", "/a/1/b~0~1c", "/a/1/missing/too"]), [
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 3, column: 4 },
    { line: 3, column: 3 },
  ]);
});
