import test from "ava";
import fc from "fast-check";
import { FilterTable } from "../../../shared/broker/filter-table.ts";
import { filterMatches, isTopicFilter, isTopicName } from "../../../shared/broker/topic-filter.ts";

const topic = fc
  .array(fc.constantFrom("a", "b", "", "$a", "__proto__"), { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"))
  .filter(isTopicName);
const filter = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "", "+", "$a", "__proto__"), { minLength: 0, maxLength: 4 }), fc.boolean())
  .map(([levels, all]) => [...levels, ...(all ? ["#"] : [])].join("/"))
  .filter(isTopicFilter);
const step = fc.record({ add: fc.boolean(), filter, value: fc.integer({ min: 0, max: 3 }) });

test("a table finds what matching each filter on its own finds, through any changes", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(topic, { minLength: 1, maxLength: 5 }), (steps, topics) => {
        const table = new FilterTable<number>();
        const pairs = new Map<string, [string, number]>();
        for (const { add, filter: one, value } of steps) {
          if (add) {
            table.add(one, value);
            pairs.set(`${value} ${one}`, [one, value]);
          } else {
            table.remove(one, value);
            pairs.delete(`${value} ${one}`);
          }
          for (const name of topics) {
            const expected = new Set([...pairs.values()].filter(([at]) => filterMatches(at, name)).map(([, found]) => found));
            const found = table.match(name);
            if (found.length !== expected.size || !found.every((one) => expected.has(one))) return false;
          }
        }
        return table.size === pairs.size;
      }),
    ),
  );
});

test("answers are remembered up to a bound, and merged before that", (t) => {
  let merges = 0;
  const table = new FilterTable<number>({
    cacheSize: 2,
    merge: (values) => {
      merges++;
      return [Math.max(...values)];
    },
  });
  table.add("#", 1);
  table.add("a/+", 2);
  for (const name of ["a/b", "a/b", "c", "c"]) table.match(name);
  t.deepEqual(table.match("a/b"), [2]);
  t.is(merges, 2);
  table.match("d");
  table.match("a/b");
  t.is(merges, 4);
});
