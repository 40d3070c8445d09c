import test from "ava";
import fc from "fast-check";
import { AccessRoom } from "../../../../host/console/access/access-room.ts";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { MemoryLists } from "../../../../host/platform/lists/memory-lists.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import type { Actor, Permission } from "../../../../shared/twin/access/access-ports.ts";
import { rankOf, roles } from "../../../../shared/twin/access/permissions.ts";
import { visibleThings } from "../../../../shared/twin/access/visible-things.ts";
import type { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { keyActor, openRoom, putGrant, putThing, putUser, relate, system, unrelate, userActor } from "./open-room.ts";

const things = ["t1", "t2", "t3", "g1", "g2"];
const definitions: Readonly<Record<string, string>> = { t1: "blueprint:pump@1", t2: "blueprint:fan@1" };
const scope = fc.oneof(
  fc.constant("all"),
  fc.constantFrom(...things).map((id) => `thing:${id}`),
  fc.constantFrom("g1", "g2").map((id) => `group:${id}`),
  fc.constantFrom(...Object.values(definitions)).map((id) => `definition:${id}`),
);
const grant = fc.record({ who: fc.constantFrom("user:u1", "user:u2", "key:k1"), role: fc.constantFrom(...roles), scope });
const edge = fc.record({ parent: fc.constantFrom("g1", "g2", "t3"), child: fc.constantFrom(...things) });
type Grant = { readonly who: string; readonly role: Role; readonly scope: string };
type Edge = { readonly parent: string; readonly child: string };

const asked: readonly (readonly [Permission, Role])[] = [
  ["thing:read", "viewer"],
  ["feature.desired:update", "operator"],
  ["thing:delete", "engineer"],
  ["grant:create", "admin"],
];

/** Everything above a thing, by walking edges until nothing is new. */
function groupsAbove(thing: string, edges: readonly Edge[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { parent, child } of edges) if (child === thing || found.has(child)) found.add(parent);
  }
  return found;
}

function holds(who: string, role: Role, thing: string | undefined, grants: readonly Grant[], edges: readonly Edge[]): boolean {
  return grants.some((one) => {
    if (one.who !== who || rankOf(one.role) < rankOf(role)) return false;
    if (one.scope === "all") return true;
    if (thing === undefined) return false;
    const groups = [thing, ...groupsAbove(thing, edges)].map((group) => `group:${group}`);
    return [`thing:${thing}`, `definition:${definitions[thing]}`, ...groups].includes(one.scope);
  });
}

test("access is what grants, membership and ownership of keys say, whatever was granted, revoked and moved before", async (t) => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("grant" as const), grant }),
    fc.record({ do: fc.constant("revoke" as const), at: fc.nat() }),
    fc.record({ do: fc.constantFrom("relate" as const, "unrelate" as const), edge }),
    fc.record({ do: fc.constant("enable" as const), user: fc.constantFrom("u1", "u2"), enabled: fc.boolean() }),
  );
  using scratch = new ScratchDirectory();
  const lists = new MemoryLists(new CelEngine());
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const parts = { clock: new FakeClock(), log: new FakeLog() };
      await using store = await closing(MemoryGatewayStore.open(parts));
      await using room = await AccessRoom.open({ ...parts, lists, store: store.store, directory: scratch.path });
      const { access } = room;
      for (const id of things) await putThing(store.store, id, definitions[id] === undefined ? {} : { definition: definitions[id] });
      for (const id of ["u1", "u2"]) await putUser(store.store, id);
      const key = { id: "k1", name: "k1", owner: "u1", secretHash: "0" };
      await store.store.commit({ actor: "test", puts: [{ kind: "key", id: "k1", document: key }] });
      let grants: (Grant & { readonly id: string })[] = [];
      let edges: Edge[] = [];
      const enabled: Record<string, boolean> = { u1: true, u2: true };
      for (const one of steps) {
        if (one.do === "grant") {
          const id = await putGrant(store.store, one.grant.who, one.grant.role, one.grant.scope);
          grants.push({ ...one.grant, id });
        } else if (one.do === "revoke") {
          const gone = grants[one.at % Math.max(1, grants.length)];
          if (gone === undefined) continue;
          await store.store.commit({ actor: "test", deletes: [{ kind: "grant", id: gone.id }] });
          grants = grants.filter((other) => other !== gone);
        } else if (one.do === "enable") {
          await putUser(store.store, one.user, [], { enabled: one.enabled });
          enabled[one.user] = one.enabled;
        } else {
          const { parent, child } = one.edge;
          edges = edges.filter((other) => other.parent !== parent || other.child !== child);
          if (one.do === "relate") edges.push(one.edge);
          await (one.do === "relate" ? relate(store.store, parent, child) : unrelate(store.store, parent, child));
        }
      }
      for (const thing of [...things, undefined]) {
        for (const [permission, role] of asked) {
          const target = thing === undefined ? {} : { thing };
          const may = (id: string): boolean => enabled[id] === true && holds(`user:${id}`, role, thing, grants, edges);
          for (const id of ["u1", "u2"]) t.is(access.allows(userActor(id), permission, target), may(id));
          t.is(access.allows(keyActor("k1"), permission, target), may("u1") && holds("key:k1", role, thing, grants, edges));
        }
      }
      for (const id of ["u1", "u2"]) {
        const sees = visibleThings(access, userActor(id), "thing:read");
        for (const thing of things) t.is(sees === undefined || sees(thing), access.allows(userActor(id), "thing:read", { thing }));
      }
    }),
    { numRuns: 40 },
  );
});

test("nobody grants what he does not hold: whoever was given anything has no more than its giver", async (t) => {
  const { room, store } = await openRoom(t);
  for (const id of things) await putThing(store, id, definitions[id] === undefined ? {} : { definition: definitions[id] });
  await relate(store, "g1", "t1");
  await relate(store, "g2", "g1");
  await relate(store, "g2", "t2");
  const ids: string[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ role: fc.constantFrom(...roles), scope }), { maxLength: 3 }),
      scope,
      fc.constantFrom(...roles),
      async (own, wanted, role) => {
        const [giver, taker] = [`giver-${ids.length}`, `taker-${ids.length}`];
        ids.push(giver);
        await putUser(
          store,
          giver,
          own.map((one) => [one.role, one.scope] as const),
        );
        await putUser(store, taker);
        const allowed = room.access.mayGrant(userActor(giver), { role, scope: wanted }) === undefined;
        const made = room.accounts.createGrant(userActor(giver), { principal: `user:${taker}`, role, scope: wanted });
        if (!allowed) {
          await t.throwsAsync(made);
          t.is(room.access.somewhere(userActor(taker), "thing:read"), false);
          return;
        }
        await made;
        for (const thing of [...things, undefined]) {
          for (const [permission] of asked) {
            const target = thing === undefined ? {} : { thing };
            if (room.access.allows(userActor(taker), permission, target)) t.true(room.access.allows(userActor(giver), permission, target));
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("boards act on themselves and on what they bring, and on nothing else", async (t) => {
  const { room, store } = await openRoom(t);
  const board: Actor = { id: "board:b1", type: "board", via: "link" };
  await putThing(store, "mine", { board: "b1" });
  await putThing(store, "yours", { board: "b2" });
  await putThing(store, "peoples");
  const may = (permission: Permission, thing: string): boolean => room.access.allows(board, permission, { thing });
  t.true(may("feature.reported:update", "mine"));
  t.true(may("feature.status:update", "b1"));
  t.false(may("feature.reported:update", "yours"));
  t.false(may("feature.reported:update", "peoples"));
  t.false(may("feature.desired:update", "mine"));
  t.false(may("thing:delete", "mine"));
  t.true(may("thing:create", "new"));
  t.false(may("thing:create", "peoples"));
  t.false(room.access.everywhere(board, "thing:read"));
  t.false(room.access.allows(board, "record:create", {}));
});

test("reconcilers write status everywhere and nobody's intent; the system may everything", async (t) => {
  const { room } = await openRoom(t);
  const reconciler: Actor = { id: "reconciler", type: "reconciler", via: "system" };
  t.true(room.access.allows(reconciler, "feature.status:update", { thing: "any" }));
  t.false(room.access.allows(reconciler, "feature.desired:update", { thing: "any" }));
  t.true(room.access.everywhere(reconciler, "thing:list"));
  t.true(room.access.allows(system, "feature.reported:update", {}));
});

test("the selector of a group decides who is in it, for things that come, change and go and for groups that change", async (t) => {
  const { room, store } = await openRoom(t, {
    compileSelector: (text) => {
      if (text === "wrong") throw new Error("no expression");
      return ({ labels }) => labels["line"] === text;
    },
  });
  const ann = await putUser(store, "ann", [["operator", "group:line-a"]]);
  const may = (thing: string): boolean => room.access.allows(ann, "feature.desired:update", { thing });
  await putThing(store, "p1", { labels: { line: "a" } });
  await putThing(store, "p2", { labels: { line: "b" } });
  t.false(may("p1"));
  await putThing(store, "line-a", { kind: "group", selector: "a" });
  await room.places.settled();
  t.deepEqual([may("p1"), may("p2"), may("line-a")], [true, false, true]);
  await putThing(store, "p2", { labels: { line: "a" } });
  await putThing(store, "p1", { labels: { line: "b" } });
  t.deepEqual([may("p1"), may("p2")], [false, true]);
  await relate(store, "p2", "pump-in-p2");
  t.true(may("pump-in-p2"));
  await putThing(store, "line-a", { kind: "group", selector: "b" });
  t.false(may("p2"), "what the old selector picked is out at once");
  await room.places.settled();
  t.deepEqual([may("p1"), may("p2")], [true, false]);
  await putThing(store, "line-a", { kind: "group", selector: "wrong" });
  await room.places.settled();
  t.deepEqual([may("p1"), may("p2")], [false, false]);
  t.is(room.metrics().find(({ name }) => name === "penstock_access_selectors_ignored_total")?.values[0]?.value, 1);
});

test("a thing that follows another definition leaves its scope", async (t) => {
  const { room, store } = await openRoom(t);
  const ann = await putUser(store, "ann", [["engineer", "definition:blueprint:pump@1"]]);
  await putThing(store, "p1", { definition: "blueprint:pump@1" });
  t.true(room.access.allows(ann, "thing:update", { thing: "p1" }));
  t.false(room.access.allows(ann, "thing:update", { thing: "p1", definition: "blueprint:pump@2" }));
  t.true(room.access.allows(ann, "thing:create", { thing: "p2", definition: "blueprint:pump@1" }));
  await putThing(store, "p1", { definition: "blueprint:pump@2" });
  t.false(room.access.allows(ann, "thing:update", { thing: "p1" }));
});

test("what comes by the id of a deleted thing or definition is not open to who was let into the old one", async (t) => {
  const { room, store } = await openRoom(t);
  const scopes = ["thing:p1", "group:p1", "definition:blueprint:pump@1", "thing:p2", "all"];
  const ann = await putUser(
    store,
    "ann",
    scopes.map((at) => ["viewer", at] as const),
  );
  await putThing(store, "p1");
  await store.commit({
    actor: "test",
    deletes: [
      { kind: "thing", id: "p1" },
      { kind: "definition", id: "blueprint:pump@1" },
    ],
  });
  await room.settled();
  t.deepEqual((await store.list("grant", { limit: 10 })).map((one) => one.scope).sort(), ["all", "thing:p2"]);
  t.true(room.access.allows(ann, "thing:read", { thing: "p2" }));
  const lines = await store.audit(0, 10);
  t.deepEqual(
    lines.map(({ actor, action }) => `${actor} ${action}`),
    ["system grant:delete", "system grant:delete", "system grant:delete"],
  );
});

test("a refusal says what and where, and an answer knows the roles", async (t) => {
  const { room, store } = await openRoom(t);
  const ann = await putUser(store, "ann", [["viewer", "thing:p1"]]);
  t.is(room.access.refusal(ann, "thing:read", { thing: "p1" }), undefined);
  t.is(room.access.refusal(ann, "thing:delete", { thing: "p1" })?.message, "thing:delete is not granted for thing p1");
  t.is(room.access.refusal(ann, "node:read", {})?.code, "EDGE_FORBIDDEN");
  t.deepEqual(room.access.rolesOf("thing:delete"), ["engineer", "admin"]);
  t.is(visibleThings(room.access, ann, "thing:read")?.("p1"), true);
});

test("what was kept before a start is known after it", async (t) => {
  const before = await openRoom(t);
  const ann = await putUser(before.store, "ann", [["viewer", "group:g1"]]);
  for (let at = 0; at < 1203; at++) await putThing(before.store, `p${at}`, { board: "b1" });
  await relate(before.store, "g1", "p1202");
  const after = await openRoom(t, { store: before.store, clock: before.clock });
  t.true(after.room.access.allows(ann, "thing:read", { thing: "p1202" }));
  t.false(after.room.access.allows(ann, "thing:read", { thing: "p1201" }));
  t.is(after.room.places.boardOf("p1201"), "b1");
});

async function closing(opened: Promise<MemoryGatewayStore>): Promise<{ readonly store: MemoryGatewayStore } & AsyncDisposable> {
  const store = await opened;
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
