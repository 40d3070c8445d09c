import { verify } from "argon2";
import test from "ava";
import { nobodysHash, Passwords } from "../../../../host/console/access/passwords.ts";
import { passwordHashPattern } from "../../../../shared/broker/accounts-file.ts";

test("a hash fits its password and no other, however its letters are put together", async (t) => {
  const passwords = new Passwords();
  const hash = await passwords.hash("wasserkraftwerk-süd");
  t.regex(hash, new RegExp(passwordHashPattern), "the broker understands it");
  t.true(await passwords.fits(hash, "wasserkraftwerk-süd"));
  t.true(await passwords.fits(hash, "wasserkraftwerk-su\u0308d"), "NFKC");
  t.false(await passwords.fits(hash, "wasserkraftwerk-sud"));
  t.false(await passwords.fits("no hash at all", "wasserkraftwerk-süd"));
});

test("where there is no hash, one of the same cost is checked and does not fit", async (t) => {
  const passwords = new Passwords();
  t.false(await passwords.fits(undefined, "anything"));
  // It must be worked out in full, not thrown out for its form.
  t.false(await verify(nobodysHash, "anything"));
  const cost = (hash: string): string[] | undefined => hash.split("$")[3]?.split(",").sort();
  t.deepEqual(cost(nobodysHash), cost(await passwords.hash("anything else")));
  t.is(nobodysHash.split("$")[5]?.length, (await passwords.hash("x")).split("$")[5]?.length);
});

test("more passwords than may wait are refused and counted, those that wait are all checked", async (t) => {
  const passwords = new Passwords();
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.fits("no hash", "x")));
  const refused = results.filter((result) => result.status === "rejected");
  t.is(refused.length, 6, "two are checked, 32 wait");
  t.is(passwords.metrics()[0]?.values[0]?.value, 6);
  t.false(await passwords.fits("no hash", "x"), "places are given back");
});
