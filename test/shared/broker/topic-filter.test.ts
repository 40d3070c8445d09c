import test from "ava";
import fc from "fast-check";
import { filterCovers, filterMatches, isReserved, isTopicFilter, isTopicName, levelCount } from "../../../shared/broker/topic-filter.ts";

// MQTT 3.1.1 §4.7.1.2, §4.7.1.3 and §4.7.2: the examples of the standard.
for (const [filter, topic, expected] of [
  ["sport/tennis/player1/#", "sport/tennis/player1", true],
  ["sport/tennis/player1/#", "sport/tennis/player1/ranking", true],
  ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
  ["sport/#", "sport", true],
  ["#", "sport/tennis", true],
  ["sport/tennis/+", "sport/tennis/player1", true],
  ["sport/tennis/+", "sport/tennis/player1/ranking", false],
  ["sport/+", "sport", false],
  ["sport/+", "sport/", true],
  ["+/+", "/finance", true],
  ["/+", "/finance", true],
  ["+", "/finance", false],
  ["#", "$SYS/monitor/Clients", false],
  ["+/monitor/Clients", "$SYS/monitor/Clients", false],
  ["$SYS/#", "$SYS/monitor/Clients", true],
  ["$SYS/monitor/+", "$SYS/monitor/Clients", true],
  ["ACCOUNTS", "Accounts", false],
  ["/finance", "finance", false],
] as const) {
  test(`${filter} ${expected ? "matches" : "does not match"} ${topic}`, (t) => t.is(filterMatches(filter, topic), expected));
}

test("filters are well-formed by MQTT 3.1.1 §4.7.1", (t) => {
  for (const filter of ["#", "+", "+/tennis/#", "sport/+/player1", "sport/tennis/#", "/", "a//b", " "])
    t.true(isTopicFilter(filter), filter);
  for (const filter of ["", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "+a", "#/a", "a\0", "x".repeat(65_536)])
    t.false(isTopicFilter(filter), filter);
});

test("a topic name has no wildcard, no U+0000, and at least one character", (t) => {
  for (const topic of ["a", "/", "a//b", "$SYS"]) t.true(isTopicName(topic), topic);
  for (const topic of ["", "+", "a/#", "a\0b", "x".repeat(65_536)]) t.false(isTopicName(topic), topic);
});

test("levels are counted and reserved topics are known", (t) => {
  t.is(levelCount("a"), 1);
  t.is(levelCount("/a/"), 3);
  t.true(isReserved("$a"));
  t.false(isReserved("a$"));
});

const name = fc
  .array(fc.constantFrom("a", "b", "", "$a"), { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"))
  .filter(isTopicName);
const filter = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "", "+", "$a"), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, all]) => [...levels, ...(all ? ["#"] : [])].join("/"))
  .filter(isTopicFilter);

test("what a filter covers it also matches", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        filter,
        filter,
        name,
        (outer, inner, topic) => !filterCovers(outer, inner) || !filterMatches(inner, topic) || filterMatches(outer, topic),
      ),
      { numRuns: 5000 },
    ),
  );
});

test("a filter covers itself, and # covers all that is not reserved", (t) => {
  t.notThrows(() => fc.assert(fc.property(filter, (one) => filterCovers(one, one) && filterCovers("#", one) === !isReserved(one))));
  t.false(filterCovers("a/+", "a/#"));
  t.true(filterCovers("a/#", "a/+/b"));
  t.true(filterCovers("a/#", "a"));
});
