import test from "ava";
import type { Actor } from "../../../../shared/twin/access/access-ports.ts";
import { facts, openRoom, password, putGrant, putThing, putUser, relate, type TestRoom, userActor } from "./open-room.ts";

const never = new AbortController().signal;
const page = { limit: 50 };

/** Calls of every method that changes or reads something for admins. */
function calls({ room }: TestRoom, actor: Actor): readonly (readonly [string, () => Promise<unknown>])[] {
  const { accounts } = room;
  return [
    ["user:list", () => accounts.listUsers(actor, page, never)],
    ["user:read", () => accounts.getUser(actor, "ann")],
    ["user:create", () => accounts.createUser(actor, { id: "new" })],
    ["user:update", () => accounts.patchUser(actor, "ann", { name: "A" }, {})],
    ["user:update", () => accounts.setUserPassword(actor, "ann", "a fresh password")],
    ["user:update", () => accounts.unlockUser(actor, "ann")],
    ["user:update", () => accounts.endSessions(actor, "ann")],
    ["grant:list", () => accounts.listGrants(actor, page, never)],
    ["grant:read", () => accounts.getGrant(actor, "none")],
    ["grant:create", () => accounts.createGrant(actor, { principal: "user:ann", role: "viewer", scope: "all" })],
    ["key:list", () => accounts.listKeys(actor, page, never)],
    ["key:read", () => accounts.getKey(actor, "none")],
    ["key:create", () => accounts.createKey(actor, { name: "k", owner: "ann" })],
    ["audit:list", () => accounts.listAudit(actor, { limit: 10, reverse: false }, never)],
    ["audit:read", () => accounts.verifyAudit(actor, never)],
    ["user:delete", () => accounts.deleteUser(actor, "ann", {})],
  ];
}

test("users, grants, keys and audit are for admins; every refusal is audited", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "root", [["admin", "all"]]);
  await putUser(one.store, "ann");
  for (const role of ["viewer", "operator", "engineer"] as const) {
    const actor = await putUser(one.store, role, [[role, "all"]]);
    for (const [permission, call] of calls(one, actor)) {
      await t.throwsAsync(call(), { code: "EDGE_FORBIDDEN" }, `${role} ${permission}`);
    }
    await one.room.audit.flush();
    const lines = (await one.store.audit(0, 500)).filter((line) => line.actor === actor.id);
    t.true(lines.every(({ outcome, code }) => outcome === "refused" && code === "EDGE_FORBIDDEN"));
    const told = lines.reduce((sum, { count = 1 }) => sum + count, 0);
    t.is(told, calls(one, actor).length);
  }
  for (const [permission, call] of calls(one, userActor("root"))) {
    await t.notThrowsAsync(
      call().catch((error: Error) => (error.name === "EDGE_NOT_FOUND" ? undefined : Promise.reject(error))),
      permission,
    );
  }
});

test("what users are shown has no secret in it", async (t) => {
  const one = await openRoom(t);
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  const made = await one.room.accounts.createUser(root, { id: "ann", name: "Ann", password: "a first password" });
  t.like(made, { id: "ann", name: "Ann", enabled: true, hasPassword: true, mustChangePassword: true, rev: 1 });
  const { items, total } = await one.room.accounts.listUsers(root, page, never);
  t.is(total, 2);
  t.notRegex(JSON.stringify([made, items, await one.room.accounts.getUser(root, "ann")]), /argon2|passwordHash/);
  t.like(await one.room.accounts.createUser(root, { id: "bob" }), { name: "bob", hasPassword: false });
});

test("a patch sets name and enabled and nothing else, of the revision that was seen", async (t) => {
  const one = await openRoom(t);
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  await putUser(one.store, "ann");
  const patch = (body: object, when = {}) => one.room.accounts.patchUser(root, "ann", { ...body }, when);
  for (const body of [
    { passwordHash: "x" },
    { id: "eve" },
    { rev: 9 },
    { name: "A", passwordHash: null },
    { enabled: "no" },
    { enabled: null },
  ]) {
    await t.throwsAsync(patch(body), { code: "EDGE_RESOURCE_INVALID" }, JSON.stringify(body));
  }
  await t.throwsAsync(patch({ name: "A" }, { ifRev: 7 }), { code: "EDGE_REVISION_CONFLICT" });
  t.like(await patch({ name: "A" }, { ifRev: 1 }), { name: "A", rev: 2 });
  t.like(await patch({ name: "A" }), { rev: 2 }, "what is so already is no change");
  t.like(await patch({ name: null }), { name: "ann", rev: 3 });
  await t.throwsAsync(one.room.accounts.createUser(root, { id: "ann" }), { code: "EDGE_ALREADY_EXISTS" });
  await t.throwsAsync(one.room.accounts.createUser(root, { id: "cy", password: "short" }), { code: "EDGE_RESOURCE_INVALID" });
  for (const id of ["board:b1", "key:abc"])
    await t.throwsAsync(one.room.accounts.createUser(root, { id }), { code: "EDGE_RESOURCE_INVALID" });
  await t.throwsAsync(one.room.accounts.getUser(root, "cy"), { code: "EDGE_NOT_FOUND" });
});

test("every change is one audit line with who, what and the revisions, in the batch of the change", async (t) => {
  const one = await openRoom(t);
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  await one.room.accounts.createUser({ ...root, address: "192.0.2.3" }, { id: "ann" });
  await one.room.accounts.patchUser(root, "ann", { name: "A" }, {});
  await one.room.accounts.deleteUser(root, "ann", {});
  const lines = await one.room.accounts.listAudit(root, { limit: 10, reverse: false }, never);
  t.deepEqual(
    lines.map(({ action, id, outcome, before, after, mask }) => [action, id, outcome, before, after, mask]),
    [
      ["user:create", "ann", "done", 0, 1, ["id", "name", "enabled"]],
      ["user:update", "ann", "done", 1, 2, ["name"]],
      ["user:delete", "ann", "done", 2, undefined, undefined],
    ],
  );
  t.like(lines[0], { actor: "user:root", via: "rest", address: "192.0.2.3" });
  const newest = await one.room.accounts.listAudit(root, { limit: 1, reverse: true }, never);
  t.is(newest[0]?.action, "user:delete");
  t.like(await one.room.accounts.verifyAudit(root, never), { ok: true, lines: 3 });
});

test("the last admin can neither be deleted, shut out nor lose his grant; a second one makes the first free", async (t) => {
  const one = await openRoom(t);
  const { accounts } = one.room;
  const root = await putUser(one.store, "root");
  const grant = await putGrant(one.store, "user:root", "admin", "all");
  await putUser(one.store, "part", [["admin", "thing:p1"]]);
  await putUser(one.store, "off", [["admin", "all"]], { enabled: false });
  await one.store.commit({ actor: "test", puts: [{ kind: "user", id: "bare", document: { id: "bare", name: "bare", enabled: true } }] });
  await putGrant(one.store, "user:bare", "admin", "all");
  const attempts = [
    () => accounts.deleteUser(root, "root", {}),
    () => accounts.patchUser(root, "root", { enabled: false }, {}),
    () => accounts.deleteGrant(root, grant),
  ];
  for (const attempt of attempts) await t.throwsAsync(attempt(), { code: "EDGE_LAST_ADMIN" });
  await one.room.audit.flush();
  t.is((await one.store.audit(0, 50)).filter(({ code }) => code === "EDGE_LAST_ADMIN").length, 3);
  const second = await putUser(one.store, "second", [["admin", "all"]]);
  t.like(await accounts.patchUser(second, "root", { enabled: false }, {}), { enabled: false });
  await t.throwsAsync(accounts.deleteUser(second, "second", {}), { code: "EDGE_LAST_ADMIN" });
});

test("two admins who shut each other out at once leave one", async (t) => {
  const one = await openRoom(t);
  const [ann, bob] = [await putUser(one.store, "ann", [["admin", "all"]]), await putUser(one.store, "bob", [["admin", "all"]])];
  const results = await Promise.allSettled([
    one.room.accounts.patchUser(ann, "bob", { enabled: false }, {}),
    one.room.accounts.deleteUser(bob, "ann", {}),
  ]);
  t.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
});

test("shutting a user out, giving a password or ending sessions logs the user out at once", async (t) => {
  const one = await openRoom(t);
  const { accounts, authenticator, sessions } = one.room;
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  for (const end of [
    () => accounts.endSessions(root, "ann"),
    () => accounts.setUserPassword(root, "ann", "another first one"),
    () => accounts.patchUser(root, "ann", { enabled: false }, {}),
    () => accounts.deleteUser(root, "ann", {}),
  ]) {
    await putUser(one.store, "ann");
    const { cookie } = await sessions.login({ user: "ann", password }, facts());
    t.false(authenticator.authenticate(facts({ cookie })) instanceof Error);
    await end();
    t.true(authenticator.authenticate(facts({ cookie })) instanceof Error);
  }
  await t.throwsAsync(accounts.setUserPassword(root, "root", "without the old one"), { code: "EDGE_FORBIDDEN" });
});

test("a user goes with his grants, keys, their grants and his sessions", async (t) => {
  const one = await openRoom(t);
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  await putUser(one.store, "ann", [["viewer", "all"]]);
  await one.room.accounts.createKey(root, { name: "k", owner: "ann", grants: [{ role: "viewer", scope: "all" }] });
  await one.room.sessions.login({ user: "ann", password }, facts());
  await one.room.accounts.deleteUser(root, "ann", { ifRev: 1 });
  t.deepEqual(
    (["user", "grant", "key", "session"] as const).map((kind) => one.store.count(kind)),
    [1, 1, 0, 0],
  );
  await putUser(one.store, "ann");
  t.false(one.room.access.allows(userActor("ann"), "thing:read", {}), "who comes by the same name has nothing of it");
});

test("who administers a part gives and takes roles there, sees the grants there, and none elsewhere", async (t) => {
  const one = await openRoom(t);
  const { accounts } = one.room;
  await putUser(one.store, "root", [["admin", "all"]]);
  const north = await putUser(one.store, "north", [["admin", "group:north"]]);
  await putUser(one.store, "ann");
  await putThing(one.store, "p1");
  await relate(one.store, "north", "p1");
  const give = (scope: string, role: "viewer" | "admin" = "admin") => accounts.createGrant(north, { principal: "user:ann", role, scope });
  const made = await give("thing:p1");
  t.like(made, { principal: "user:ann", role: "admin", scope: "thing:p1", createdBy: "user:north" });
  await give("group:north", "viewer");
  for (const scope of ["all", "thing:p2", "group:south", "group:p9", "definition:blueprint:pump@1"]) {
    await t.throwsAsync(give(scope), { code: "EDGE_FORBIDDEN" }, scope);
  }
  await t.throwsAsync(give("thing:p1"), { code: "EDGE_ALREADY_EXISTS" });
  const elsewhere = await putGrant(one.store, "user:ann", "viewer", "thing:p2");
  const { items } = await accounts.listGrants(north, page, never);
  t.false(items.some(({ id }) => id === elsewhere));
  t.is(items.length, 3);
  await t.throwsAsync(accounts.getGrant(north, elsewhere), { code: "EDGE_NOT_FOUND" });
  await t.throwsAsync(accounts.deleteGrant(north, elsewhere), { code: "EDGE_NOT_FOUND" });
  await accounts.deleteGrant(north, made.id);
  t.false(one.room.access.allows(userActor("ann"), "thing:delete", { thing: "p1" }), "a revoked grant fails at once");
  const nobody = accounts.createGrant(north, { principal: "user:nobody", role: "viewer", scope: "thing:p1" });
  await t.throwsAsync(nobody, { code: "EDGE_RESOURCE_INVALID" });
});

test("a key that may grant gives no more than it and its owner both hold", async (t) => {
  const one = await openRoom(t);
  const { accounts } = one.room;
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  await putUser(one.store, "ann", [
    ["admin", "thing:p1"],
    ["engineer", "all"],
  ]);
  const { key } = await accounts.createKey(root, { name: "k", owner: "ann", grants: [{ role: "admin", scope: "all" }] });
  const actor: Actor = { id: `key:${key.id}`, type: "key", via: "rest" };
  const give = (scope: string) => accounts.createGrant(actor, { principal: "user:ann", role: "viewer", scope });
  await t.notThrowsAsync(give("thing:p1"));
  await t.throwsAsync(give("all"), { code: "EDGE_FORBIDDEN" });
  const beyond = accounts.createKey(root, { name: "k", owner: "nobody" });
  await t.throwsAsync(beyond, { code: "EDGE_RESOURCE_INVALID" });
});

test("lists are filtered, ordered and cut into pages that meet without a gap", async (t) => {
  const one = await openRoom(t);
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  for (let at = 0; at < 25; at++)
    await putUser(one.store, `u${String(at).padStart(2, "0")}`, [], { name: `n${at % 3}`, enabled: at % 2 === 0 });
  const found: string[] = [];
  const query = { limit: 7, orderBy: "-name,enabled", filter: "id.startsWith('u')" };
  for (let cursor: string | undefined, pages = 0; pages < 9; pages++) {
    const {
      items,
      total,
      cursor: next,
    } = await one.room.accounts.listUsers(root, { ...query, ...(cursor !== undefined && { cursor }) }, never);
    t.is(total, 25);
    found.push(...items.map(({ id, name, enabled }) => `${name} ${enabled} ${id}`));
    cursor = next;
    if (cursor === undefined) break;
  }
  const rank = (text: string): string => `${9 - Number(text[1])}${text.slice(2)}`;
  t.deepEqual(
    found,
    [...found].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)),
  );
  t.is(new Set(found).size, 25);
  const first = await one.room.accounts.listUsers(root, { limit: 7 }, never);
  for (const wrong of [{ cursor: "nonsense" }, { cursor: first.cursor ?? "", orderBy: "-name" }, { orderBy: "a b" }]) {
    await t.throwsAsync(
      one.room.accounts.listUsers(root, { limit: 7, ...wrong }, never),
      { code: "EDGE_FILTER_INVALID" },
      JSON.stringify(wrong),
    );
  }
});
