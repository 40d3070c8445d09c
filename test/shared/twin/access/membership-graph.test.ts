import test from "ava";
import fc from "fast-check";
import { MembershipGraph } from "../../../../shared/twin/access/membership-graph.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const id = fc.constantFrom(...ids);

/** All that is above `thing` by edges child ► parent. */
function above(thing: string, edges: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const walk = (one: string): void => {
    for (const edge of edges) {
      const [child = "", parent = ""] = edge.split(">");
      if (child !== one || found.has(parent)) continue;
      found.add(parent);
      walk(parent);
    }
  };
  walk(thing);
  return [...found].sort();
}

test("groups are what a walk over all edges finds, after any changes, circles included", (t) => {
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom("relate" as const, "unrelate" as const), child: id, parent: id }),
    fc.record({ do: fc.constant("select" as const), child: id, parents: fc.uniqueArray(id, { maxLength: 3 }) }),
    fc.record({ do: fc.constant("unselect" as const), parent: id }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const graph = new MembershipGraph();
        const related = new Set<string>();
        const selected = new Map<string, readonly string[]>();
        for (const one of steps) {
          if (one.do === "relate") {
            graph.relate(one.child, one.parent);
            related.add(`${one.child}>${one.parent}`);
          } else if (one.do === "unrelate") {
            graph.unrelate(one.child, one.parent);
            related.delete(`${one.child}>${one.parent}`);
          } else if (one.do === "select") {
            graph.select(one.child, one.parents);
            selected.set(one.child, one.parents);
          } else {
            graph.unselect(one.parent);
            for (const [child, parents] of selected) {
              selected.set(
                child,
                parents.filter((parent) => parent !== one.parent),
              );
            }
          }
          const edges = new Set([
            ...related,
            ...[...selected].flatMap(([child, parents]) => parents.map((parent) => `${child}>${parent}`)),
          ]);
          for (const thing of ids) {
            const expected = above(thing, edges);
            t.deepEqual([...graph.groupsOf(thing)].sort(), expected);
            for (const group of ids) if (graph.isWithin(thing, group) !== expected.includes(group)) return false;
          }
        }
        return true;
      }),
      { numRuns: 150 },
    ),
  );
});

test("a chain of ten thousand groups is walked without running out of stack", (t) => {
  const graph = new MembershipGraph();
  for (let at = 0; at < 10_000; at++) graph.relate(`g${at}`, `g${at + 1}`);
  t.true(graph.isWithin("g0", "g10000"));
  t.false(graph.isWithin("g10000", "g0"));
  for (let at = 0; at < 200; at++) t.is(graph.groupsOf(`g${at}`).size, 10_000 - at);
});
