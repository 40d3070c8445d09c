import test from "ava";
import fc from "fast-check";
import { buildTopic, parseTopic, type TopicAddress, TopicInvalid, topicFilter, topicRoot } from "../../../shared/broker/topic.ts";
import { filterMatches } from "../../../shared/broker/topic-filter.ts";
import { topicTable } from "../../../shared/broker/topic-table.ts";
import { canonical } from "../../xs/canonical.ts";
import { addressCases, strangeTopics } from "./topic-vectors.ts";

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/);
const address: fc.Arbitrary<TopicAddress> = fc.oneof(
  fc.record({ kind: fc.constant("data" as const), thing: id, feature: id }),
  fc.record({ kind: fc.constant("twin" as const), thing: id, feature: id, part: fc.constantFrom("reported", "desired", "set") }),
  fc.record({ kind: fc.constant("status" as const), thing: id }),
  fc.record({ kind: fc.constant("op" as const), thing: id, operation: id, part: fc.constantFrom("request", "state", "cancel") }),
  fc.record({ kind: fc.constant("link" as const), thing: id, direction: fc.constantFrom("up", "down") }),
  fc.record({
    kind: fc.constant("ota" as const),
    thing: id,
    tail: fc.array(id, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/")),
  }),
);

for (const one of addressCases) {
  test(`${one.topic.slice(0, 70)} is built and parsed`, (t) => {
    t.is(buildTopic(one.address), one.topic);
    t.deepEqual(parseTopic(one.topic), one.address);
  });
}

test("every address survives its topic", (t) => {
  t.notThrows(() => fc.assert(fc.property(address, (one) => canonical(parseTopic(buildTopic(one))) === canonical(one))));
});

test("what is near a topic is none", (t) => {
  for (const topic of strangeTopics) t.is(parseTopic(topic), undefined, topic.slice(0, 80));
});

test("any text is none of our topics or builds back to itself", (t) => {
  const words = fc.constantFrom(
    "",
    "a",
    "data",
    "twin",
    "status",
    "op",
    "link",
    "ota",
    "up",
    "set",
    "reported",
    "state",
    "+",
    "#",
    "é",
    "x".repeat(65),
  );
  const near = fc.array(words, { maxLength: 8 }).map((levels) => `${topicRoot}/${levels.join("/")}`);
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near,
          fc.string().map((text) => `${topicRoot}/${text}`),
        ),
        (topic) => {
          const parsed = parseTopic(topic);
          return parsed === undefined || buildTopic(parsed) === topic;
        },
      ),
      { numRuns: 3000 },
    ),
  );
});

test("a name that is no id makes no topic", (t) => {
  const bad: readonly TopicAddress[] = [
    { kind: "status", thing: "" },
    { kind: "status", thing: "a/b" },
    { kind: "status", thing: "+" },
    { kind: "data", thing: "a", feature: "#" },
    { kind: "twin", thing: "a", feature: "b/../c", part: "set" },
    { kind: "op", thing: "a", operation: "", part: "state" },
    { kind: "ota", thing: "a", tail: "" },
    { kind: "ota", thing: "a", tail: "b//c" },
    { kind: "ota", thing: "a", tail: "b/c/d/e/f" },
    { kind: "ota", thing: "a", tail: "#" },
  ];
  for (const one of bad) t.throws(() => buildTopic(one), { instanceOf: TopicInvalid, code: "EDGE_TOPIC_INVALID" });
});

test("a filter takes + for names and # for the tail of an update topic, and nothing else", (t) => {
  t.is(topicFilter({ kind: "twin", thing: "+", feature: "+", part: "set" }), "penstock/v1/+/twin/+/set");
  t.is(topicFilter({ kind: "data", thing: "pump-1", feature: "+" }), "penstock/v1/pump-1/data/+");
  t.is(topicFilter({ kind: "ota", thing: "+", tail: "#" }), "penstock/v1/+/ota/#");
  t.throws(() => topicFilter({ kind: "status", thing: "#" }), { instanceOf: TopicInvalid });
  t.throws(() => topicFilter({ kind: "data", thing: "+", feature: "a+" }), { instanceOf: TopicInvalid });
});

test("each row of the table is a topic of the grammar, and each kind of address has its row", (t) => {
  const example = (pattern: string): string => pattern.replaceAll(/<(\w+)>/g, "$1-1");
  const filter = (pattern: string): string => pattern.replaceAll(/<\w+>/g, "+");
  for (const { pattern, description } of topicTable) {
    const parsed = parseTopic(example(pattern));
    t.not(parsed, undefined, pattern);
    if (parsed !== undefined) t.is(buildTopic(parsed), example(pattern));
    t.true(description.length > 10, pattern);
  }
  t.is(new Set(topicTable.map((row) => row.pattern)).size, topicTable.length);
  for (const { address: one, topic } of addressCases) {
    if (one.kind === "ota") continue;
    t.is(topicTable.filter(({ pattern }) => filterMatches(filter(pattern), topic)).length, 1, topic);
  }
});

test("what is retained is published with QoS 1 by the board", (t) => {
  for (const row of topicTable) if (row.retained) t.deepEqual([row.publisher, row.qos], ["board", 1], row.pattern);
});
