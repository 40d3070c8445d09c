import test from "ava";
import type { EdgeError } from "../../../../shared/base/edge-error.ts";
import { admin, boardActor, engineer, never, operator, ResourceBench, reconciler, scoped, viewer } from "./open-resources.ts";

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "done";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};
const first = { limit: 50 };

test("a thing is made, read, changed and taken away; every write leaves an event and an audit line", async (t) => {
  const { resources, store } = await ResourceBench.open(t);
  const made = await resources.createThing(engineer, { id: "oven-1", labels: { line: "a", floor: "1" } });
  t.like(made, { id: "oven-1", kind: "device", name: "oven-1", labels: { line: "a" }, rev: 1 });
  const patched = await resources.patchThing(engineer, "oven-1", { name: "Oven", labels: { floor: null, line: "b" } }, { ifRev: 1 });
  t.like(patched, { name: "Oven", labels: { line: "b" }, rev: 2 });
  t.false("floor" in patched.labels);
  t.is(await resources.deleteThing(engineer, "oven-1", {}), undefined);
  t.is(await code(resources.getThing(engineer, "oven-1")), "EDGE_NOT_FOUND");
  const { events } = await store.events(0, 10);
  t.deepEqual(
    events.map(({ type }) => type),
    ["thing.created", "thing.updated", "thing.deleted"],
  );
  t.deepEqual([...(events[1]?.mask ?? [])].sort(), ["labels", "name"]);
  const audit = await store.audit(0, 10);
  t.deepEqual(
    audit.map(({ action, actor, outcome, before, after }) => [action, actor, outcome, before, after]),
    [
      ["thing:create", "user:emil", "done", 0, 1],
      ["thing:update", "user:emil", "done", 1, 2],
      ["thing:delete", "user:emil", "done", 2, undefined],
    ],
  );
});

test("who may not is refused and written down; who asks for what is not there is told so", async (t) => {
  const { resources, refusals } = await ResourceBench.open(t);
  await resources.createThing(engineer, { id: "oven-1" });
  t.is(await code(resources.createThing(viewer, { id: "oven-2" })), "EDGE_FORBIDDEN");
  t.is(await code(resources.patchThing(operator, "oven-1", { name: "x" }, {})), "EDGE_FORBIDDEN");
  t.is(await code(resources.patchThing(operator, "oven-9", { name: "x" }, {})), "EDGE_NOT_FOUND");
  t.is(await code(resources.getThing(scoped, "oven-1")), "EDGE_FORBIDDEN");
  t.is(await code(resources.getThing(scoped, "oven-9")), "EDGE_NOT_FOUND");
  t.deepEqual(
    refusals.map(({ actor, action, id, code: why }) => `${actor} ${action} ${id} ${why}`),
    [
      "user:vera thing:create oven-2 EDGE_FORBIDDEN",
      "user:olga thing:update oven-1 EDGE_FORBIDDEN",
      "user:olga thing:update oven-9 EDGE_NOT_FOUND",
      "user:sven thing:read oven-1 EDGE_FORBIDDEN",
    ],
  );
});

test("a writer who saw an older revision is refused, and one who saw none is not", async (t) => {
  const { resources } = await ResourceBench.open(t);
  await resources.createThing(engineer, { id: "oven-1" });
  t.is(await code(resources.createThing(engineer, { id: "oven-1" })), "EDGE_ALREADY_EXISTS");
  const names = Array.from({ length: 8 }, (_, at) => `oven ${at}`);
  await Promise.all(names.map((name) => resources.patchThing(engineer, "oven-1", { name }, {})));
  const { rev, name } = await resources.getThing(viewer, "oven-1");
  t.is(rev, 9);
  t.true(names.includes(name));
  t.is(await code(resources.patchThing(engineer, "oven-1", { name: "y" }, { ifRev: 3 })), "EDGE_REVISION_CONFLICT");
  t.is(await code(resources.deleteThing(engineer, "oven-1", { ifRev: 3 })), "EDGE_REVISION_CONFLICT");
});

test("a patch that says nothing new is not written", async (t) => {
  const { resources, store } = await ResourceBench.open(t);
  await resources.createThing(engineer, { id: "oven-1", name: "Oven" });
  const { rev } = await resources.patchThing(engineer, "oven-1", { name: "Oven" }, {});
  t.is(rev, 1);
  t.is((await store.events(0, 10)).events.length, 1);
});

// EIM-01: each field has one owner; nothing is applied when one field is somebody else's.
test("users write what they want, boards what they see, reconcilers how far it is; the other side is refused whole", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await bench.bring("b-1", "pump", { run: { type: "boolean", writable: true } });
  const before = await store.get("feature", "pump/run");
  const patch = (actor: typeof admin, body: Parameters<typeof resources.patchFeature>[3]) =>
    code(resources.patchFeature(actor, "pump", "run", body, {}));
  t.is(await patch(admin, { desired: { value: true }, reported: { value: true } }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(admin, { status: null }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(admin, { observedRev: 3 }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(admin, { id: "run" }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(admin, { desiredRev: 7 }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(boardActor("b-1"), { desired: { value: true } }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(boardActor("b-2"), { reported: { value: true } }), "EDGE_FORBIDDEN");
  t.is(await patch(reconciler, { desired: { value: true } }), "EDGE_FIELD_NOT_YOURS");
  t.is(await patch(admin, { desird: { value: true } }), "EDGE_RESOURCE_INVALID");
  t.is(await patch(viewer, { desired: { value: true } }), "EDGE_FORBIDDEN");
  t.deepEqual(await store.get("feature", "pump/run"), before);
  t.is(await patch(boardActor("b-1"), { reported: { value: true } }), "done");
  t.is(await patch(operator, { desired: { value: true } }), "done");
  t.is(await patch(reconciler, { status: { text: "on its way", indicator: "in_progress", at: 1 } }), "done");
});

// EIM-04: an intent is seen at once beside what is.
test("what is wanted stands beside what is, at once", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources } = bench;
  await bench.bring("b-1", "pump", { speed: { type: "number", writable: true, minimum: 0, maximum: 100, unit: "%" } });
  await bench.sample("pump", "speed", 20);
  const patched = await resources.patchFeature(operator, "pump", "speed", { desired: { value: 60 } }, {});
  t.like(patched, { desired: { value: 60 }, reported: { value: 20, quality: "good" }, desiredRev: 2, observedRev: 0, rev: 2 });
  const renamed = await resources.patchFeature(engineer, "pump", "speed", { title: "Speed" }, {});
  t.like(renamed, { title: "Speed", desiredRev: 2, rev: 3 });
});

test("what a point cannot take is refused before anything is kept", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await bench.bring("b-1", "pump", {
    speed: { type: "number", writable: true, minimum: 0, maximum: 100 },
    mode: { type: "text", writable: true, values: ["auto", "manual"] },
    level: { type: "number" },
    settings: { type: "object", writable: true },
  });
  const want = (feature: string, desired: Parameters<typeof resources.patchFeature>[3]) =>
    code(resources.patchFeature(operator, "pump", feature, { desired }, {}));
  t.is(await want("speed", { value: 101 }), "EDGE_RESOURCE_INVALID");
  t.is(await want("speed", { value: "60" }), "EDGE_RESOURCE_INVALID");
  t.is(await want("speed", { value: 60, soon: true }), "EDGE_RESOURCE_INVALID");
  t.is(await want("speed", { speed: 60 }), "EDGE_RESOURCE_INVALID");
  t.is(await want("mode", { value: "off" }), "EDGE_RESOURCE_INVALID");
  t.is(await want("level", { value: 1 }), "EDGE_NOT_WRITABLE");
  t.is(await want("settings", { enabled: "yes" }), "EDGE_RESOURCE_INVALID");
  const { newest } = await store.events(0, 1);
  t.is(await want("settings", { enabled: true, period: 5000, points: { a: { period: 1 } } }), "done");
  t.is(await want("mode", { value: "manual" }), "done");
  t.is((await store.events(0, 1)).newest, newest + 2);
});

// EIM-05: illegal transitions are refused before they are kept.
test("a definition's transitions decide what may be wanted from where it stands", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await resources.createDefinition(engineer, {
    id: "blueprint:valve@1",
    attributes: [
      {
        feature: "state",
        type: "text",
        desiredValues: ["open", "closed", "scrapped"],
        reportedValues: ["open", "closed", "moving", "scrapped"],
        transitions: { open: ["closed"], closed: ["open", "scrapped"], scrapped: [], unspecified: ["closed"] },
      },
    ],
  });
  await resources.createThing(engineer, { id: "valve-1", definition: "blueprint:valve@1" });
  await resources.createFeature(engineer, "valve-1", "state", { title: "State" });
  const want = (value: string) => code(resources.patchFeature(operator, "valve-1", "state", { desired: { value } }, {}));
  const is = (value: string) => code(resources.patchFeature(engineer, "valve-1", "state", { reported: { value } }, {}));
  const { newest } = await store.events(0, 1);
  t.is(await want("open"), "EDGE_TRANSITION_ILLEGAL");
  t.is(await want("ajar"), "EDGE_RESOURCE_INVALID");
  t.is((await store.events(0, 1)).newest, newest);
  t.is(await want("closed"), "done");
  t.is(await is("ajar"), "EDGE_RESOURCE_INVALID");
  t.is(await is("closed"), "done");
  t.is(await want("closed"), "done");
  t.is(await want("scrapped"), "done");
  t.is(await is("scrapped"), "done");
  t.is(await want("open"), "EDGE_TRANSITION_ILLEGAL");
});

test("lists give what is asked for, page by page", async (t) => {
  const { resources } = await ResourceBench.open(t);
  for (let at = 0; at < 25; at++)
    await resources.createThing(engineer, {
      id: `t-${String(at).padStart(2, "0")}`,
      name: `n${at % 5}`,
      labels: { line: at % 2 === 0 ? "a" : "b" },
    });
  const all = await resources.listThings(viewer, { limit: 10 }, never);
  t.is(all.total, 25);
  t.is(all.items.length, 10);
  const rest = await resources.listThings(viewer, { limit: 100, cursor: all.cursor ?? "" }, never);
  t.is(rest.items[0]?.id, "t-10");
  t.is(rest.cursor, undefined);
  const some = await resources.listThings(viewer, { limit: 5, filter: "labels.line == 'b' && name != 'n1'", orderBy: "-name,id" }, never);
  t.is(some.total, 9);
  t.deepEqual(
    some.items.map(({ id }) => id),
    ["t-09", "t-19", "t-03", "t-13", "t-23"],
  );
  t.is(await code(resources.listThings(viewer, { limit: 5, filter: "lable == 1" }, never)), "EDGE_FILTER_INVALID");
  t.is(await code(resources.listThings(viewer, { limit: 5, orderBy: "colour" }, never)), "EDGE_FILTER_INVALID");
  t.is(await code(resources.listThings(viewer, { limit: 5, cursor: "nonsense" }, never)), "EDGE_FILTER_INVALID");
});

test("somebody with one thing sees this one in lists, and counts no others", async (t) => {
  const { resources } = await ResourceBench.open(t);
  for (const id of ["a-1", "scoped-1", "z-1"]) await resources.createThing(engineer, { id });
  const { items, total } = await resources.listThings(scoped, first, never);
  t.deepEqual([items.map(({ id }) => id), total], [["scoped-1"], 1]);
});

test("features are filtered by what is reported", async (t) => {
  const bench = await ResourceBench.open(t);
  for (const [at, thing] of ["p-1", "p-2", "p-3"].entries()) {
    await bench.bring("b-1", thing, { level: { type: "number" }, run: { type: "boolean" } });
    await bench.sample(thing, "level", at * 10);
  }
  const { items, total } = await bench.resources.listFeatures(
    viewer,
    { limit: 9, filter: "reported.value >= 10", orderBy: "-reported.value" },
    never,
  );
  t.deepEqual([items.map(({ thing, id }) => `${thing}/${id}`), total], [["p-3/level", "p-2/level"], 2]);
  const own = await bench.resources.listFeatures(viewer, { limit: 9, thing: "p-2" }, never);
  t.deepEqual([own.items.map(({ id }) => id), own.total], [["level", "run"], 2]);
  t.is(await code(bench.resources.listFeatures(viewer, { limit: 9, thing: "p-9" }, never)), "EDGE_NOT_FOUND");
});

test("members come by relation, by selector, and from groups within", async (t) => {
  const { resources } = await ResourceBench.open(t);
  await resources.createThing(engineer, { id: "plant", kind: "site" });
  await resources.createThing(engineer, { id: "line-a", kind: "group", selector: "labels.line == 'a'" });
  await resources.createThing(engineer, { id: "x-1", labels: { line: "a" } });
  await resources.createThing(engineer, { id: "x-2", labels: { line: "b" } });
  await resources.createThing(engineer, { id: "x-3" });
  await resources.createRelation(engineer, { parent: "plant", name: "in", child: "line-a" });
  await resources.createRelation(engineer, { parent: "plant", name: "in", child: "x-3" });
  const of = async (group: string) => (await resources.members(viewer, group, first, never)).items.map(({ id }) => id);
  t.deepEqual(await of("line-a"), ["x-1"]);
  t.deepEqual(await of("plant"), ["line-a", "x-1", "x-3"]);
  await resources.patchThing(engineer, "x-2", { labels: { line: "a" } }, {});
  t.deepEqual(await of("plant"), ["line-a", "x-1", "x-2", "x-3"]);
});

test("membership goes in no circle, and both ends must be there", async (t) => {
  const { resources } = await ResourceBench.open(t);
  for (const id of ["g-1", "g-2", "g-3"]) await resources.createThing(engineer, { id, kind: "group" });
  await resources.createThing(engineer, { id: "d-1" });
  const put = (parent: string, child: string) => code(resources.createRelation(engineer, { parent, name: "in", child }));
  t.is(await put("g-1", "g-2"), "done");
  t.is(await put("g-2", "g-3"), "done");
  t.is(await put("g-3", "g-1"), "EDGE_RESOURCE_INVALID");
  t.is(await put("g-1", "g-1"), "EDGE_RESOURCE_INVALID");
  t.is(await put("d-1", "g-1"), "EDGE_RESOURCE_INVALID");
  t.is(await put("g-1", "none"), "EDGE_NOT_FOUND");
  t.is(await put("g-1", "g-2"), "EDGE_ALREADY_EXISTS");
  await resources.deleteRelation(engineer, "g-1/in/g-2");
  t.deepEqual((await Promise.all([put("g-1", "g-2"), put("g-3", "g-1")])).sort(), ["EDGE_RESOURCE_INVALID", "done"]);
});

test("whoever has one end only makes no relation: it would widen what others may", async (t) => {
  const { resources } = await ResourceBench.open(t);
  await resources.createThing(engineer, { id: "scoped-1", kind: "group" });
  await resources.createThing(engineer, { id: "d-1" });
  t.is(await code(resources.createRelation(scoped, { parent: "scoped-1", name: "in", child: "d-1" })), "EDGE_FORBIDDEN");
  t.is(await code(resources.patchThing(scoped, "scoped-1", { selector: "true" }, {})), "EDGE_FORBIDDEN");
  t.is(await code(resources.patchThing(scoped, "scoped-1", { name: "Mine" }, {})), "done");
});

test("an alias names one thing", async (t) => {
  const { resources } = await ResourceBench.open(t);
  for (const id of ["d-1", "d-2"]) await resources.createThing(engineer, { id });
  const alias = { network: "pond", key: "serial", value: "A-1" };
  t.like(await resources.createAlias(engineer, { ...alias, thing: "d-1" }), { id: "pond/serial/A-1", thing: "d-1" });
  t.is(await code(resources.createAlias(engineer, { ...alias, thing: "d-1" })), "EDGE_ALREADY_EXISTS");
  t.is(await code(resources.createAlias(engineer, { ...alias, thing: "d-2" })), "EDGE_ALIAS_TAKEN");
  t.is(await code(resources.createAlias(engineer, { ...alias, value: "A-2", thing: "none" })), "EDGE_NOT_FOUND");
  await resources.deleteThing(engineer, "d-1", {});
  t.is(await code(resources.getAlias(viewer, "pond/serial/A-1")), "EDGE_NOT_FOUND");
});

test("a definition that is used keeps its attributes and is not taken away", async (t) => {
  const { resources } = await ResourceBench.open(t);
  const id = "blueprint:pump@1";
  await resources.createDefinition(engineer, { id, attributes: [{ feature: "speed", type: "number", maximum: 10 }] });
  t.is(await code(resources.patchDefinition(engineer, id, { attributes: [] }, {})), "done");
  await resources.createThing(engineer, { id: "p-1", definition: id });
  t.is(
    await code(resources.patchDefinition(engineer, id, { attributes: [{ feature: "speed", type: "text" }] }, {})),
    "EDGE_STILL_REFERENCED",
  );
  t.is(await code(resources.patchDefinition(engineer, id, { title: "Pump" }, {})), "done");
  t.is(await code(resources.deleteDefinition(engineer, id, {})), "EDGE_STILL_REFERENCED");
  t.is(await code(resources.createThing(engineer, { id: "p-2", definition: "blueprint:none@1" })), "EDGE_RESOURCE_INVALID");
  await resources.patchThing(engineer, "p-1", { definition: null }, {});
  t.is(await code(resources.deleteDefinition(engineer, id, {})), "done");
  const bad = { id: "blueprint:bad@1", attributes: [{ feature: "s", type: "number" as const, minimum: 5, maximum: 1 }] };
  t.is(await code(resources.createDefinition(engineer, bad)), "EDGE_RESOURCE_INVALID");
});

// EIM-18: what a board brings goes in two phases; what is referenced stays.
test("a board's thing is marked first and goes when the board has let go of it", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await bench.bring("b-1", "pump", { run: { type: "boolean" } });
  await resources.createAlias(engineer, { network: "n", key: "k", value: "v", thing: "pump" });
  const left = await resources.deleteThing(engineer, "pump", {});
  t.deepEqual(left?.lifecycle, { desired: "deleted", reported: "deleting", deleting: ["board"] });
  const again = await resources.deleteThing(engineer, "pump", {});
  t.is(again?.rev, left?.rev);
  await resources.removal.finalize(reconciler, "pump", "somebody");
  t.truthy(await store.get("thing", "pump"));
  await resources.removal.finalize(reconciler, "pump", "board");
  t.is(await store.get("thing", "pump"), undefined);
  t.is(await store.get("feature", "pump/run"), undefined);
  t.is(await store.get("alias", "n/k/v"), undefined);
  const types = (await store.events(0, 50)).events.filter(({ kind }) => kind === "thing").map(({ type }) => type);
  t.deepEqual(types, ["thing.created", "thing.updated", "thing.deleted"]);
});

test("what others refer to stays; force is for admins", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await resources.createThing(engineer, { id: "g-1", kind: "group" });
  await resources.createThing(engineer, { id: "d-1" });
  await resources.createRelation(engineer, { parent: "g-1", name: "in", child: "d-1" });
  t.is(await code(resources.deleteThing(engineer, "g-1", {})), "EDGE_STILL_REFERENCED");
  await resources.deleteThing(engineer, "d-1", {});
  t.is(await code(resources.getRelation(viewer, "g-1/in/d-1")), "EDGE_NOT_FOUND");
  await store.commit({
    actor: "test",
    puts: [
      {
        kind: "grant",
        id: "gr-1",
        document: { id: "gr-1", principal: "user:x", role: "viewer", scope: "group:g-1", createdBy: "user:ada" },
      },
    ],
  });
  t.is(await code(resources.deleteThing(engineer, "g-1", {})), "EDGE_STILL_REFERENCED");
  await store.commit({ actor: "test", deletes: [{ kind: "grant", id: "gr-1" }] });
  t.is(await code(resources.deleteThing(engineer, "g-1", {})), "done");
  await bench.bring("b-1", "pump", {});
  t.is(await code(resources.deleteThing(engineer, "pump", { force: true })), "EDGE_FORBIDDEN");
  t.is(await resources.deleteThing(admin, "pump", { force: true }), undefined);
});

test("errors say what was wrong and where", async (t) => {
  const { resources } = await ResourceBench.open(t);
  const error = await t.throwsAsync<EdgeError & { readonly problems: readonly { readonly path: string }[] }>(
    resources.createThing(engineer, JSON.parse('{"id":"a b","labels":{"1":"x"}}')),
  );
  t.deepEqual(
    error.problems.map(({ path }) => path),
    ["/id", "/labels/1"],
  );
});
