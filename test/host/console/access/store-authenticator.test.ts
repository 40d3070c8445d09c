import test from "ava";
import { keyOfSecret, keySecret } from "../../../../host/console/access/secrets.ts";
import { EdgeError } from "../../../../shared/base/edge-error.ts";
import { millis } from "../../../../shared/base/units.ts";
import { facts, keyActor, openRoom, password, putUser, type TestRoom } from "./open-room.ts";

const day = 24 * 3_600_000;

const byKey = ({ room }: TestRoom, secret: string) => room.authenticator.authenticate(facts({ authorization: `Bearer ${secret}` }));
const isGood = (one: TestRoom, secret: string): boolean => !(byKey(one, secret) instanceof EdgeError);

async function withKey(one: TestRoom, more: { readonly expiresAt?: number; readonly owner?: string } = {}) {
  const root = await putUser(one.store, "root", [["admin", "all"]]);
  await putUser(one.store, "ann", [["operator", "thing:p1"]]);
  const grants = [{ role: "engineer", scope: "thing:p1" } as const];
  return { root, ...(await one.room.accounts.createKey(root, { name: "historian", owner: "ann", grants, ...more })) };
}

test("the secret of a key names its key and is told once", async (t) => {
  const one = await openRoom(t);
  const { key, secret } = await withKey(one);
  t.regex(secret, /^psk_[0-9a-v]{16}_[0-9A-Za-z]{43}$/);
  t.is(keyOfSecret(secret), key.id);
  const kept = JSON.stringify([
    await one.store.get("key", key.id),
    await one.room.accounts.getKey(keyActor("none"), key.id).catch(() => ""),
  ]);
  t.false(kept.includes(secret.slice(-43)));
  t.deepEqual(
    Object.keys(key).filter((name) => /hash/i.test(name)),
    [],
  );
  const argon2 = await import("argon2");
  const { passwordHash = "" } = (await one.store.get("key", key.id)) ?? {};
  t.true(await argon2.verify(passwordHash, secret), "the broker checks the same secret");
});

test("texts that are no secret name no key", (t) => {
  for (const text of ["", "psk_", "psk__", "x", "pst_abc", `psk_${"a".repeat(200)}`, keySecret("abc").slice(0, -1)]) {
    t.not(keyOfSecret(text), "abc", text);
  }
  t.is(keyOfSecret(keySecret("abc")), "abc");
});

test("a key acts as itself, may what it and its owner both may, and needs no csrf token", async (t) => {
  const one = await openRoom(t);
  const { key, secret } = await withKey(one);
  const found = one.room.authenticator.authenticate(facts({ authorization: `bearer  ${secret}`, unsafe: true, via: "console" }));
  if (found instanceof EdgeError) return t.fail();
  t.deepEqual(found.actor, { id: `key:${key.id}`, type: "key", via: "rest", address: "192.0.2.1" });
  t.true(one.room.access.allows(found.actor, "feature.desired:update", { thing: "p1" }));
  t.false(one.room.access.allows(found.actor, "thing:delete", { thing: "p1" }), "its owner is no engineer");
  t.false(one.room.access.allows(found.actor, "thing:read", { thing: "p2" }));
});

test("a wrong, cut, foreign or empty credential is refused, counted and audited", async (t) => {
  const one = await openRoom(t);
  const { key, secret } = await withKey(one);
  const wrong = `${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}`;
  for (const header of [
    `Bearer ${wrong}`,
    `Bearer ${secret.slice(0, -1)}`,
    "Bearer ",
    "Basic YTpi",
    `Bearer ${keySecret("none")}`,
    `Bearer ${"x".repeat(9999)}`,
  ]) {
    const answer = one.room.authenticator.authenticate(facts({ authorization: header }));
    t.true(answer instanceof EdgeError && answer.code === "EDGE_UNAUTHENTICATED", header);
  }
  t.is(one.room.authenticator.metrics()[0]?.values[0]?.value, 6);
  await one.room.audit.flush();
  const refused = (await one.store.audit(0, 100)).filter(({ outcome }) => outcome === "refused");
  t.deepEqual(
    refused.map(({ id, count = 1, address }) => [id, count, address]),
    [
      [key.id, 1, "192.0.2.1"],
      ["unknown", 5, "192.0.2.1"],
    ],
  );
  const nobody = one.room.authenticator.authenticate(facts());
  t.true(nobody instanceof EdgeError);
});

test("a revoked key, a disabled owner and a deleted owner end a key at once, open streams included", async (t) => {
  const one = await openRoom(t);
  const { root, key, secret } = await withKey(one);
  const found = byKey(one, secret);
  if (found instanceof EdgeError) return t.fail();
  t.true(one.room.authenticator.holds(found));
  await one.room.accounts.patchUser(root, "ann", { enabled: false }, {});
  t.deepEqual([isGood(one, secret), one.room.authenticator.holds(found)], [false, false]);
  t.false(one.room.access.allows(found.actor, "thing:read", { thing: "p1" }));
  await one.room.accounts.patchUser(root, "ann", { enabled: true }, {});
  t.true(isGood(one, secret));
  await one.room.accounts.deleteKey(root, key.id);
  t.deepEqual([isGood(one, secret), one.room.authenticator.holds(found)], [false, false]);
  t.is((await one.store.lookup("principal", `key:${key.id}`, { limit: 10 })).length, 0, "its grants go with it");
  const other = await one.room.accounts.createKey(root, { name: "other", owner: "ann" });
  await one.room.accounts.deleteUser(root, "ann", {});
  t.false(isGood(one, other.secret));
  t.is(one.store.count("key"), 0);
});

test("a key fails from the moment that it expires", async (t) => {
  const one = await openRoom(t);
  const { root, secret } = await withKey(one, { expiresAt: one.clock.wall() + day });
  const found = byKey(one, secret);
  if (found instanceof EdgeError) return t.fail();
  await one.clock.advance(millis(day - 1));
  t.true(one.room.authenticator.holds(found));
  await one.clock.advance(millis(1));
  t.deepEqual([isGood(one, secret), one.room.authenticator.holds(found)], [false, false]);
  const late = one.room.accounts.createKey(root, { name: "late", expiresAt: one.clock.wall() });
  await t.throwsAsync(late, { code: "EDGE_RESOURCE_INVALID" });
});

test("a rotated key has a new secret; the old one is good for its grace and no longer, or not at all", async (t) => {
  const one = await openRoom(t);
  const { root, key, secret } = await withKey(one);
  const found = byKey(one, secret);
  if (found instanceof EdgeError) return t.fail();
  const second = await one.room.accounts.rotateKey(root, key.id, millis(day));
  t.deepEqual([isGood(one, secret), isGood(one, second.secret)], [true, true]);
  await one.clock.advance(millis(day));
  t.deepEqual([isGood(one, secret), one.room.authenticator.holds(found), isGood(one, second.secret)], [false, false, true]);
  const third = await one.room.accounts.rotateKey(root, key.id, millis(0));
  t.deepEqual([isGood(one, second.secret), isGood(one, third.secret)], [false, true]);
  t.deepEqual(
    Object.keys(third.key).filter((name) => /hash/i.test(name)),
    [],
  );
});

test("when a key was used last is shown at once and written at most once a minute, without an event", async (t) => {
  const one = await openRoom(t);
  const { root, key, secret } = await withKey(one);
  t.is((await one.room.accounts.getKey(root, key.id)).lastUsedAt, undefined);
  const { newest } = await one.store.events(0, 1);
  let commits = 0;
  one.store.onCommit(() => commits++);
  for (let at = 0; at < 130; at++) {
    isGood(one, secret);
    await one.clock.advance(millis(1000));
  }
  t.is((await one.room.accounts.getKey(root, key.id)).lastUsedAt, one.clock.wall() - 1000);
  t.true(commits >= 1 && commits <= 3, String(commits));
  t.is((await one.store.events(0, 1)).newest, newest);
  t.is((await one.room.accounts.getKey(root, key.id)).rev, 1);
  await one.clock.advance(millis(60_000));
  const again = await openRoom(t, { store: one.store, clock: one.clock });
  t.true(((await again.room.accounts.getKey(root, key.id)).lastUsedAt ?? 0) > 0);
});

test("a cookie alone reads; to change anything it takes the csrf token of that session", async (t) => {
  const one = await openRoom(t);
  await putUser(one.store, "ann");
  const [mine, other] = [
    await one.room.sessions.login({ user: "ann", password }, facts()),
    await one.room.sessions.login({ user: "ann", password }, facts()),
  ];
  const ask = (unsafe: boolean, csrf?: string): string => {
    const answer = one.room.authenticator.authenticate(facts({ cookie: mine.cookie, unsafe, csrf }));
    return answer instanceof EdgeError ? answer.code : answer.actor.id;
  };
  t.is(ask(false), "user:ann");
  t.is(ask(true), "EDGE_CSRF");
  t.is(ask(true, ""), "EDGE_CSRF");
  t.is(ask(true, other.view.csrf), "EDGE_CSRF");
  t.is(ask(true, mine.view.csrf), "user:ann");
  t.true(one.room.authenticator.authenticate(facts({ cookie: "x".repeat(5000) })) instanceof EdgeError);
});
