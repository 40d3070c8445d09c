import test from "ava";
import fc from "fast-check";
import type { GroupMembers, Places } from "../../../../shared/twin/access/group-members.ts";
import { type Holding, Holdings } from "../../../../shared/twin/access/holdings.ts";
import { MembershipGraph } from "../../../../shared/twin/access/membership-graph.ts";
import { rankOf, roles } from "../../../../shared/twin/access/permissions.ts";
import { parseScope, targetOfScope } from "../../../../shared/twin/access/scope.ts";

const things = ["t1", "t2", "g1", "g2", "g3"];
const definitions = ["blueprint:pump@1", "blueprint:fan@1"];
const scope = fc.oneof(
  fc.constant("all"),
  fc.constantFrom(...things).map((id) => `thing:${id}`),
  fc.constantFrom(...things).map((id) => `group:${id}`),
  fc.constantFrom(...definitions).map((id) => `definition:${id}`),
);
const holding = fc.record({ role: fc.constantFrom(...roles), scope });
const edge = fc.record({ child: fc.constantFrom(...things), parent: fc.constantFrom(...things) });
const definitionOf = (thing: string): string | undefined => (thing === "t1" ? definitions[0] : undefined);

class TestPlaces extends MembershipGraph implements Places {
  readonly definitionOf = definitionOf;
}

function graphOf(edges: readonly { readonly child: string; readonly parent: string }[]): TestPlaces {
  const graph = new TestPlaces();
  for (const { child, parent } of edges) graph.relate(child, parent);
  return graph;
}

/** The rule as a sentence: a grant covers a thing when it is on all, on the thing, on its definition, on it as a group, or on a group above it. */
function naive(held: readonly Holding[], thing: string, graph: GroupMembers): number {
  const above = graph.groupsOf(thing);
  const covers = (at: string): boolean =>
    at === "all" ||
    at === `thing:${thing}` ||
    at === `group:${thing}` ||
    at === `definition:${definitionOf(thing)}` ||
    [...above].some((group) => at === `group:${group}`);
  return Math.max(0, ...held.filter((one) => covers(one.scope)).map((one) => rankOf(one.role)));
}

test("the rank at a thing is the highest of the grants that cover it", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(holding, { maxLength: 6 }), fc.array(edge, { maxLength: 6 }), (held, edges) => {
        const graph = graphOf(edges);
        const holdings = new Holdings(held);
        return things.every((thing) => holdings.at({ thing }, graph) === naive(held, thing, graph));
      }),
      { numRuns: 500 },
    ),
  );
});

test("whoever holds a rank over a scope holds it at every thing that the scope covers", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(holding, { maxLength: 6 }), fc.array(edge, { maxLength: 6 }), scope, (held, edges, text) => {
        const graph = graphOf(edges);
        const holdings = new Holdings(held);
        const at = parseScope(text);
        if (at === undefined) return false;
        const rank = holdings.over(at, graph);
        const role = roles[rank - 1];
        if (role === undefined) return true;
        // What a grant of that role at that scope would give, its giver has.
        const given = [{ role, scope: text }];
        return things.every((thing) => naive(given, thing, graph) <= holdings.at({ thing }, graph));
      }),
      { numRuns: 500 },
    ),
  );
});

test("what belongs to no thing is covered by all, and a definition by a grant on it", (t) => {
  const graph = graphOf([]);
  const held = new Holdings([
    { role: "engineer", scope: "definition:blueprint:pump@1" },
    { role: "admin", scope: "thing:t1" },
  ]);
  t.is(held.at({}, graph), 0);
  t.is(held.at({ definition: "blueprint:pump@1" }, graph), rankOf("engineer"));
  t.is(held.at({ thing: "new", definition: "blueprint:pump@1" }, graph), rankOf("engineer"));
  t.is(held.at({ thing: "t1", definition: "blueprint:fan@1" }, graph), rankOf("admin"));
  t.is(held.everywhere, 0);
  t.is(held.somewhere, rankOf("admin"));
});

test("a grant on a group as a thing is no grant on what is in it", (t) => {
  const graph = graphOf([{ child: "t1", parent: "g1" }]);
  const held = new Holdings([{ role: "admin", scope: "thing:g1" }]);
  t.is(held.at({ thing: "g1" }, graph), rankOf("admin"));
  t.is(held.at({ thing: "t1" }, graph), 0);
  t.is(held.over({ name: "group", id: "g1" }, graph), 0);
});

test("scopes are read as they are written", (t) => {
  t.deepEqual(parseScope("all"), { name: "all" });
  t.deepEqual(parseScope("thing:a:b"), { name: "thing", id: "a:b" });
  t.deepEqual(parseScope("definition:blueprint:pump@2"), { name: "definition", id: "blueprint:pump@2" });
  for (const wrong of ["", "thing", "thing:", "place:x", "ALL"]) t.is(parseScope(wrong), undefined);
  t.deepEqual(targetOfScope({ name: "group", id: "g" }), { thing: "g" });
  t.deepEqual(targetOfScope({ name: "all" }), {});
});
