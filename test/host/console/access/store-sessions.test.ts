import { existsSync } from "node:fs";
import test from "ava";
import { digestOf } from "../../../../host/console/access/secrets.ts";
import type { Authenticated } from "../../../../host/console/api/authenticator.ts";
import { EdgeError } from "../../../../shared/base/edge-error.ts";
import { millis } from "../../../../shared/base/units.ts";
import { settle } from "../../../harness/fake-clock.ts";
import { facts, openRoom, password, putUser, system, type TestRoom } from "./open-room.ts";

const minute = millis(60_000);
const minutes = (count: number) => millis(count * minute);
const never = new AbortController().signal;

const wrong = ({ room }: TestRoom, user: string, address = "192.0.2.9") =>
  room.sessions.login({ user, password: "not the password" }, facts({ address }));
const right = ({ room }: TestRoom, user: string, address = "192.0.2.1") => room.sessions.login({ user, password }, facts({ address }));

async function codeOf(login: Promise<unknown>): Promise<string> {
  try {
    await login;
    return "in";
  } catch (error) {
    return error instanceof EdgeError ? error.code : "?";
  }
}

const who = ({ room }: TestRoom, cookie: string) => room.authenticator.authenticate(facts({ cookie }));
const isIn = (one: TestRoom, cookie: string): boolean => !(who(one, cookie) instanceof EdgeError);

test("name and password open a session that the cookie stands for", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann", [["operator", "thing:p1"]], { name: "Ann" });
  const { view, cookie, maxAge } = await right(one, "ann");
  t.like(view, { user: "ann", name: "Ann", roles: [{ role: "operator", scope: "thing:p1" }], mustChangePassword: false });
  t.is(maxAge, 12 * 60 * minute);
  t.is(view.expiresAt, one.clock.wall() + 30 * minute);
  const found = who(one, cookie);
  t.like(found, { actor: { id: "user:ann", type: "user", via: "console", address: "192.0.2.1" } });
  const [kept] = await one.store.list("session", { limit: 10 });
  t.false(JSON.stringify(kept).includes(cookie), "what is kept opens nothing");
});

test("a wrong password, an unknown user, one without a password and a disabled one are answered alike", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  await putUser(one.store, "off", [], { enabled: false });
  await one.store.commit({ actor: "test", puts: [{ kind: "user", id: "new", document: { id: "new", name: "new", enabled: true } }] });
  const answers = new Set<string>();
  for (const user of ["ann", "nobody", "off", "new"]) {
    const error = await t.throwsAsync(wrong(one, user));
    answers.add(`${error?.name} ${error?.message}`);
  }
  answers.add(String(await right(one, "off").catch((error: Error) => `${error.name} ${error.message}`)));
  t.deepEqual([...answers], ["EDGE_UNAUTHENTICATED user or password is wrong"]);
});

for (const user of ["ann", "nobody"]) {
  test(`after five wrong passwords ${user} is not heard for 1, 2, 4 … 60 minutes`, async (t) => {
    const one = await openRoom(t);
    await putUser(one.store, "ann");
    for (let count = 0; count < 5; count++) t.is(await codeOf(wrong(one, user)), "EDGE_UNAUTHENTICATED");
    for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const error = await t.throwsAsync(right(one, user), { code: "EDGE_LOCKED_OUT" });
      t.is(error instanceof EdgeError && "retryAfter" in error ? error.retryAfter : undefined, minutes(wait));
      await one.clock.advance(millis(minutes(wait) - 1));
      t.is(await codeOf(right(one, user)), "EDGE_LOCKED_OUT");
      await one.clock.advance(millis(1));
      // From an address of its own each time, so that only the name counts.
      t.is(await codeOf(wrong(one, user, `198.51.100.${wait}`)), "EDGE_UNAUTHENTICATED");
    }
  });
}

test("many attempts at once are no way around the lock", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const codes = await Promise.all(Array.from({ length: 12 }, (_, at) => codeOf(wrong(one, "ann", `198.51.100.${at}`))));
  t.is(codes.filter((code) => code === "EDGE_UNAUTHENTICATED").length, 5);
  t.is(codes.filter((code) => code === "EDGE_LOCKED_OUT").length, 7);
});

test("a lock survives a restart, is told as an event, and an admin or a log-in after it takes it away", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  for (let count = 0; count < 5; count++) await codeOf(wrong(one, "ann"));
  const { events } = await one.store.events(0, 100);
  t.like(
    events.find(({ type }) => type === "user.locked"),
    { id: "ann", severity: "warning", kind: "user" },
  );
  const again = await openRoom(t, { store: one.store, clock: one.clock });
  t.is(await codeOf(right(again, "ann")), "EDGE_LOCKED_OUT");
  const view = await again.room.accounts.getUser(system, "ann");
  t.is(view.lockedUntil, one.clock.wall() + minute);
  t.like(await again.room.accounts.unlockUser(system, "ann"), { failures: undefined, lockedUntil: undefined });
  t.is(await codeOf(right(again, "ann")), "in");
  for (let count = 0; count < 5; count++) await codeOf(wrong(again, "ann"));
  await one.clock.advance(minutes(1));
  t.is(await codeOf(right(again, "ann", "192.0.2.77")), "in");
  t.is((await again.room.accounts.getUser(system, "ann")).lockedUntil, undefined);
});

test("strangers who fail in a user's name do not keep the user out of where he works", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  await right(one, "ann", "192.0.2.1");
  for (let count = 0; count < 6; count++) await codeOf(wrong(one, "ann", "203.0.113.5"));
  t.is(await codeOf(right(one, "ann", "203.0.113.6")), "EDGE_LOCKED_OUT");
  t.is(await codeOf(right(one, "ann", "192.0.2.1")), "in");
  for (let count = 0; count < 5; count++) await codeOf(wrong(one, "ann", "192.0.2.1"));
  t.is(await codeOf(right(one, "ann", "192.0.2.1")), "EDGE_LOCKED_OUT", "guessing from there is counted, too");
});

test("an address that fails in many names is locked out; an own account is no way around it", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  for (let count = 0; count < 20; count++) {
    t.is(await codeOf(wrong(one, `name-${count}`, "203.0.113.5")), "EDGE_UNAUTHENTICATED");
    if (count === 10) t.is(await codeOf(right(one, "ann", "203.0.113.5")), "in");
  }
  t.is(await codeOf(right(one, "ann", "203.0.113.5")), "EDGE_LOCKED_OUT");
  t.is(await codeOf(right(one, "ann", "203.0.113.6")), "in");
  const { events } = await one.store.events(0, 1000);
  t.like(
    events.find(({ type }) => type === "login.locked"),
    { severity: "warning", kind: "user", id: "unknown" },
  );
});

test("a name that is typed wrong is not kept: it may be a password", async (t) => {
  const one = await openRoom(t);
  await codeOf(wrong(one, "my secret pass phrase"));
  await one.room.audit.flush();
  const lines = await one.store.audit(0, 10);
  t.like(lines[0], { actor: "anonymous", action: "session:create", id: "unknown", outcome: "refused", code: "EDGE_UNAUTHENTICATED" });
  t.false(JSON.stringify(lines).includes("secret"));
});

test("a session ends after 30 minutes without use, and after 12 hours in any case", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const idle = await right(one, "ann");
  const busy = await right(one, "ann");
  await one.clock.advance(minutes(29));
  t.true(isIn(one, busy.cookie));
  await one.clock.advance(minutes(1));
  t.false(isIn(one, idle.cookie));
  t.true(isIn(one, busy.cookie));
  for (let at = 30; at + 25 < 12 * 60; at += 25) {
    await one.clock.advance(minutes(25));
    t.true(isIn(one, busy.cookie));
  }
  await one.clock.advance(minutes(25));
  t.false(isIn(one, busy.cookie));
  await one.clock.advance(minutes(2));
  t.deepEqual(await one.store.list("session", { limit: 10 }), [], "what is over is removed");
});

test("a clock that is set neither ends a session nor lets it live on", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const { cookie } = await right(one, "ann");
  one.clock.jumpWall(millis(10 * 365 * 24 * 60 * minute));
  t.true(isIn(one, cookie));
  one.clock.jumpWall(millis(-20 * 365 * 24 * 60 * minute));
  t.true(isIn(one, cookie));
  await one.clock.advance(minutes(30));
  t.false(isIn(one, cookie));
});

test("a session outlives a restart, with the time that was left of it", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const { cookie } = await right(one, "ann");
  await one.clock.advance(minutes(20));
  t.true(isIn(one, cookie));
  await one.clock.advance(minutes(2));
  const again = await openRoom(t, { store: one.store, clock: one.clock });
  await one.clock.advance(minutes(27));
  t.true(isIn(again, cookie), "it was last used 29 minutes ago");
  const third = await openRoom(t, { store: one.store, clock: one.clock });
  await one.clock.advance(minutes(30));
  t.false(isIn(third, cookie));
});

test("when a session was used is written at most once a minute, whatever it is used for", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const { cookie } = await right(one, "ann");
  let commits = 0;
  one.store.onCommit(() => commits++);
  for (let at = 0; at < 300; at++) {
    isIn(one, cookie);
    await one.clock.advance(millis(1000));
  }
  t.true(commits >= 4 && commits <= 6, String(commits));
});

test("logging out ends the session at once and for ever", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const { cookie } = await right(one, "ann");
  const found = who(one, cookie);
  if (found instanceof EdgeError) return t.fail();
  t.true(one.room.authenticator.holds(found));
  await one.room.sessions.logout(found);
  t.false(one.room.authenticator.holds(found));
  t.false(isIn(one, cookie));
  t.deepEqual(await one.store.list("session", { limit: 10 }), []);
  await one.clock.advance(minutes(2));
  t.deepEqual(await one.store.list("session", { limit: 10 }), [], "a late note of its use does not bring it back");
});

test("changing the password ends every session, and this one goes on under another secret", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const [mine, other] = [await right(one, "ann"), await right(one, "ann")];
  const found = who(one, mine.cookie);
  if (found instanceof EdgeError) return t.fail();
  const change = (current: string | undefined, next: string) =>
    one.room.sessions.setPassword(found, { password: next, ...(current !== undefined && { current }) }, facts());
  await t.throwsAsync(change(undefined, "another river entirely"), { code: "EDGE_RESOURCE_INVALID", message: /current/ });
  await t.throwsAsync(change("wrong", "another river entirely"), { code: "EDGE_RESOURCE_INVALID", message: /current wrong/ });
  await t.throwsAsync(change(password, "short"), { code: "EDGE_RESOURCE_INVALID", message: /at least 12/ });
  await t.throwsAsync(change(password, password), { code: "EDGE_RESOURCE_INVALID", message: /the old one/ });
  t.true(isIn(one, other.cookie));
  const fresh = await change(password, "another river entirely");
  t.deepEqual([isIn(one, mine.cookie), isIn(one, other.cookie), isIn(one, fresh.cookie)], [false, false, true]);
  t.is(await codeOf(right(one, "ann")), "EDGE_UNAUTHENTICATED");
  t.is(await codeOf(one.room.sessions.login({ user: "ann", password: "another river entirely" }, facts())), "in");
});

test("a password that somebody else gave lets in for nothing but choosing another", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "root", [["admin", "all"]]);
  const root = { id: "user:root", type: "user", via: "rest" } as const;
  await one.room.accounts.createUser(root, { id: "ann", password: "given by somebody" });
  const opened = await one.room.sessions.login({ user: "ann", password: "given by somebody" }, facts());
  t.like(opened.view, { mustChangePassword: true, onlyPassword: true });
  const found = who(one, opened.cookie);
  if (found instanceof EdgeError) return t.fail();
  t.true(found.onlyPassword);
  const after = await one.room.sessions.setPassword(found, { password: "chosen by myself" }, facts());
  t.is(after.view.mustChangePassword, false);
  const now = who(one, after.cookie);
  t.is(now instanceof EdgeError ? "out" : now.onlyPassword, undefined);
});

test("a user has so many sessions and no more: the one that was not used for longest goes", async (t) => {
  const one = await openRoom(t, { settings: { sessionsPerUser: 3, sessions: 5 } });
  for (const user of ["ann", "bob", "cy"]) await putUser(one.store, user);
  const cookies: string[] = [];
  for (let count = 0; count < 4; count++) {
    cookies.push((await right(one, "ann")).cookie);
    await one.clock.advance(millis(1000));
    if (count === 2) isIn(one, cookies[0] ?? "");
  }
  t.deepEqual(
    cookies.map((cookie) => one.room.authenticator.holds(holder(cookie))),
    [true, false, true, true],
  );
  for (const user of ["bob", "cy", "bob"]) await right(one, user);
  t.is((await one.store.list("session", { limit: 10 })).length, 5);
});

test("the first-start token works as a key and to log in once, until there is a user", async (t) => {
  const one = await openRoom(t);
  const { path, token = "" } = await one.room.firstStart();
  t.true(existsSync(path));
  const byKey = one.room.authenticator.authenticate(facts({ authorization: `Bearer ${token}`, via: "cli" }));
  if (byKey instanceof EdgeError) return t.fail();
  t.is(byKey.actor.via, "cli");
  t.true(one.room.access.everywhere(byKey.actor, "user:create"));
  await t.throwsAsync(one.room.sessions.loginWithToken(`${token}x`, facts()), { code: "EDGE_UNAUTHENTICATED" });
  const opened = await one.room.sessions.loginWithToken(token, facts());
  t.like(opened.view, { user: "", onlyPassword: true });
  const found = who(one, opened.cookie);
  if (found instanceof EdgeError) return t.fail();
  t.true(found.onlyPassword);
  await t.throwsAsync(one.room.sessions.setPassword(found, { password: "short", user: "root" }, facts()), {
    code: "EDGE_RESOURCE_INVALID",
  });
  const root = await one.room.sessions.setPassword(found, { password: "the first password", user: "root" }, facts());
  t.like(root.view, { user: "root", roles: [{ role: "admin", scope: "all" }], mustChangePassword: false });
  t.false(existsSync(path));
  t.is(await codeOf(one.room.sessions.loginWithToken(token, facts())), "EDGE_UNAUTHENTICATED");
  t.true(one.room.authenticator.authenticate(facts({ authorization: `Bearer ${token}` })) instanceof EdgeError);
  t.false(one.room.authenticator.holds(byKey));
  t.false(one.room.access.allows(byKey.actor, "thing:read", {}), "nothing that was opened with it holds");
  t.false(isIn(one, opened.cookie));
  t.is(await codeOf(one.room.sessions.login({ user: "root", password: "the first password" }, facts())), "in");
  t.like(await one.room.accounts.verifyAudit(system, never), { ok: true });
});

test("two who hold the first-start token make one admin, not two", async (t) => {
  const one = await openRoom(t);
  const { token = "" } = await one.room.firstStart();
  const found = one.room.authenticator.authenticate(facts({ authorization: `Bearer ${token}` }));
  if (found instanceof EdgeError) return t.fail();
  const make = (user: string) => codeOf(one.room.sessions.setPassword(found, { password: "the first password", user }, facts()));
  t.deepEqual((await Promise.all([make("ann"), make("eve")])).sort(), ["EDGE_UNAUTHENTICATED", "in"]);
  t.is(one.store.count("user"), 1);
  await settle();
});

/** What the authenticator gave for a cookie, without using it again. */
function holder(cookie: string): Authenticated {
  return { actor: { id: "user:ann", type: "user", via: "console" }, session: digestOf(cookie) };
}
