import { chmod, writeFile } from "node:fs/promises";
import type { ExecutionContext } from "ava";
import test from "ava";
import { hashPassword } from "../../../../firmware/broker/access/password-hash.ts";
import type { AedesBroker } from "../../../../firmware/broker/aedes-broker.ts";
import type { AccountsFile } from "../../../../shared/broker/accounts-file.ts";
import { metric, openBroker, scratch, type TestBroker } from "../open-broker.ts";
import { connectPacket, publishPacket, RawClient, subscribePacket } from "../raw-client.ts";

const listeners = [{ protocol: "mqtt" as const, port: 0 }];
const secret = await hashPassword("secret");
const other = await hashPassword("other");

async function write(file: string, content: AccountsFile | string): Promise<void> {
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  await chmod(file, 0o600);
}

interface WithAccounts extends TestBroker {
  readonly file: string;
}

async function openWith(t: ExecutionContext, content: AccountsFile, directory?: string): Promise<WithAccounts> {
  const file = `${await scratch(t)}/accounts.json`;
  await write(file, content);
  const config = { listeners, accounts: file };
  return { file, ...(await openBroker(t, { config, ...(directory === undefined ? {} : { directory }) })) };
}

const account = (name: string, publish: string[], subscribe: string[], password = secret) => ({ name, password, publish, subscribe });
const user = (name: string, id = name, clean = true) => ({ user: name, password: "secret", id, clean });

async function answer(t: ExecutionContext, port: number, options: object): Promise<number | undefined> {
  const client = await RawClient.open(t, port);
  client.send(connectPacket(options));
  return (await client.take(4))[3];
}

test("a name and password are needed where there are accounts", async (t) => {
  const { port, broker } = await openWith(t, { accounts: [account("ann", ["#"], ["#"])] });
  t.is(await answer(t, port, user("ann")), 0);
  t.is(await answer(t, port, {}), 5);
  t.is(await answer(t, port, { user: "ann", password: "wrong" }), 4);
  t.is(await answer(t, port, { user: "ann" }), 4);
  t.is(await answer(t, port, { user: "nobody", password: "secret" }), 4);
  t.is(metric(broker, "refused_total", "credentials"), 4);
});

test("what no rule allows is refused; a narrower subscription than the allowed one is granted", async (t) => {
  const content: AccountsFile = {
    accounts: [{ name: "ann", password: secret, roles: ["reader"], publish: ["in/%u/#"] }],
    roles: { reader: { subscribe: ["out/+/data/#"] } },
  };
  const { port } = await openWith(t, content);
  const client = await RawClient.login(t, port, user("ann"));
  const granted: number[] = [];
  for (const filter of ["out/a/data/b", "out/+/data/+", "out/a/data/#", "out/#", "#", "out/a", "$SYS/#"]) {
    client.send(subscribePacket(filter));
    granted.push((await client.take(5))[4] ?? -1);
  }
  t.deepEqual(granted, [0, 0, 0, 0x80, 0x80, 0x80, 0x80]);
  client.send(publishPacket("in/ann/x", "x", 1));
  t.is((await client.take(4))[0], 0x40);
  client.send(publishPacket("in/bob/x", "x", 1));
  t.is((await client.untilClosed()).length, 0);
});

test("client ids that would act in a pattern are refused where rules use them", async (t) => {
  const { port } = await openWith(t, { accounts: [account("ann", ["c/%c/#"], [])] });
  t.is(await answer(t, port, user("ann", "good")), 0);
  for (const id of ["+", "#", "a/b", "a+"]) t.is(await answer(t, port, user("ann", id)), 2, id);
});

test("a will needs the right to publish it", async (t) => {
  const { port } = await openWith(t, { accounts: [account("ann", ["ok/#"], [])] });
  t.is(await answer(t, port, { ...user("ann"), will: { topic: "ok/a", payload: "x" } }), 0);
  t.is(await answer(t, port, { ...user("ann"), will: { topic: "no/a", payload: "x" } }), 5);
});

test("another account cannot take over a client id or its stored session", async (t) => {
  const { port } = await openWith(t, { accounts: [account("ann", [], ["#"]), account("bob", [], ["#"])] });
  const ann = await RawClient.login(t, port, user("ann", "same", false));
  ann.send(subscribePacket("a", 1));
  await ann.take(5);
  t.is(await answer(t, port, user("bob", "same")), 2);
  ann.socket.destroy();
  t.is(await answer(t, port, user("bob", "same", false)), 2);
  t.is(await answer(t, port, user("ann", "same", false)), 0);
});

test("wrong passwords make an address wait", async (t) => {
  const { port, broker } = await openWith(t, { accounts: [account("ann", [], [])] });
  for (let count = 0; count < 5; count++) t.is(await answer(t, port, { user: "ann", password: "wrong" }), 4);
  t.is(await answer(t, port, user("ann")), 5);
  t.is(metric(broker, "refused_total", "backoff"), 1);
});

const broken: readonly (readonly [string, string, RegExp])[] = [
  ["empty", "", /the file/],
  ["no JSON", "{", /the file/],
  ["without accounts", "{}", /\/accounts: missing/],
  ["with an empty list", '{"accounts":[]}', /\/accounts/],
  ["with a plain password", '{"accounts":[{"name":"a","password":"secret"}]}', /\/accounts\/0\/password: .*argon2id/],
  ["with an unknown key", `{"accounts":[{"name":"a","password":"${secret}","publsh":[]}]}`, /\/accounts\/0\/publsh/],
  ["with an unknown role", `{"accounts":[{"name":"a","password":"${secret}","roles":["x"]}]}`, /\/accounts\/0\/roles\/0/],
  ["with a filter that is none", `{"accounts":[{"name":"a","password":"${secret}","publish":["a/#/b"]}]}`, /\/accounts\/0\/publish\/0/],
  ["with a name twice", `{"accounts":[{"name":"a","password":"${secret}"},{"name":"a","password":"${secret}"}]}`, /\/accounts\/1\/name/],
  [
    "with a wildcard in a name used in patterns",
    `{"accounts":[{"name":"a+","password":"${secret}","publish":["%u"]}]}`,
    /\/accounts\/0\/name/,
  ],
  ["with the board's name", `{"accounts":[{"name":"board","password":"${secret}"}]}`, /\/accounts\/0\/name/],
  ["with a costly hash", `{"accounts":[{"name":"a","password":"${secret.replace(/m=\d+/, "m=900000")}"}]}`, /\/accounts\/0\/password/],
];
for (const [what, content, expected] of broken) {
  test(`an accounts file ${what} is refused whole, at start and at reload`, async (t) => {
    const { broker, file, port } = await openWith(t, { accounts: [account("ann", [], [])] });
    await write(file, content);
    const error = await t.throwsAsync(broker.reload(), { code: "EDGE_BROKER_ACCOUNTS" });
    t.regex(error?.message ?? "", expected);
    t.true(error?.message.includes(file));
    t.is(await answer(t, port, user("ann")), 0, "the old accounts stay");
    await t.throwsAsync(openBroker(t, { config: { listeners, accounts: file } }), { code: "EDGE_BROKER_ACCOUNTS" });
  });
}

test("an accounts file that others can read is warned about", async (t) => {
  const { broker, file, log } = await openWith(t, { accounts: [account("ann", [], [])] });
  t.false(log.entries.some(({ level }) => level === "warn"));
  await chmod(file, 0o644);
  await broker.reload();
  t.true(log.entries.some(({ level, message }) => level === "warn" && message.includes("chmod 600")));
});

/** Ann publishes and retains, bob has a live and a stored subscription with something waiting. */
async function settled(t: ExecutionContext): Promise<WithAccounts & { readonly bob: RawClient; readonly all: () => number[] }> {
  const opened = await openWith(t, {
    accounts: [account("ann", ["a/#"], []), account("bob", [], ["a/#"]), account("cyd", [], ["#"], other)],
  });
  const { port, broker } = opened;
  const away = await RawClient.login(t, port, user("bob", "away", false));
  away.send(subscribePacket("a/+", 1));
  await away.take(5);
  away.socket.destroy();
  const bob = await RawClient.login(t, port, user("bob"));
  bob.send(subscribePacket("a/+", 1));
  await bob.take(5);
  const ann = await RawClient.login(t, port, user("ann"));
  ann.send(publishPacket("a/x", "1", 1, 1, true));
  await ann.take(4);
  t.is((await bob.take(10))[0], 0x32);
  return { ...opened, bob, all: () => ["retained_messages", "queued_messages", "subscriptions"].map((name) => metric(broker, name)) };
}

const allowed = [account("ann", ["a/#"], []), account("bob", [], ["a/#"])];
const annRevoked = [account("ann", ["b/#"], []), account("bob", [], ["a/#"])];
const bobRevoked = [account("ann", ["a/#"], []), account("bob", [], ["b/#"])];

test("a reload that changes nothing takes nothing away", async (t) => {
  const { broker, file, all, bob } = await settled(t);
  await write(file, { accounts: allowed });
  await broker.reload();
  t.deepEqual(all(), [1, 1, 1]);
  await bob.ping();
});

test("a revoked right to subscribe ends live and stored subscriptions and empties the queue", async (t) => {
  const { broker, file, all, bob } = await settled(t);
  await write(file, { accounts: bobRevoked });
  await broker.reload();
  t.deepEqual(all(), [1, 0, 0]);
  await broker.publish("a/x", "2", { qos: 1, retain: false });
  t.deepEqual([...(await bob.ping())], [0xd0, 0]);
});

test("a revoked right to publish removes the retained messages it made, at reload and at start", async (t) => {
  const directory = `${await scratch(t)}/store`;
  const first = await openWith(t, { accounts: allowed }, directory);
  const ann = await RawClient.login(t, first.port, user("ann"));
  ann.send(publishPacket("a/x", "1", 1, 1, true));
  await ann.take(4);
  await first.broker.close();
  const second = await openWith(t, { accounts: allowed }, directory);
  t.is(metric(second.broker, "retained_messages"), 1);
  await second.broker.close();
  const third = await openWith(t, { accounts: annRevoked }, directory);
  t.is(metric(third.broker, "retained_messages"), 0);
  const again = await settled(t);
  await write(again.file, { accounts: annRevoked });
  await again.broker.reload();
  t.is(metric(again.broker, "retained_messages"), 0);
});

test("clients whose account is gone or has a new password are disconnected, and stored sessions of a gone account go", async (t) => {
  const { broker, file, port, bob }: { broker: AedesBroker; file: string; port: number; bob: RawClient } = await settled(t);
  await write(file, { accounts: [account("ann", ["a/#"], []), account("bob", [], ["a/#"], other)] });
  await broker.reload();
  await bob.untilClosed();
  t.is(metric(broker, "sessions"), 1);
  t.is(await answer(t, port, user("bob")), 4);
  await write(file, { accounts: [account("ann", ["a/#"], [])] });
  await broker.reload();
  t.is(metric(broker, "sessions"), 0);
  t.is(metric(broker, "clients"), 1);
});

test("an account may be allowed to read $SYS, nothing else that begins with $", async (t) => {
  const { port } = await openWith(t, { accounts: [account("ann", ["$SYS/#", "#"], ["$SYS/#", "$other/#"])] });
  const client = await RawClient.login(t, port, user("ann"));
  client.send(subscribePacket("$other/a"));
  t.is((await client.take(5))[4], 0x80);
  client.send(subscribePacket("$SYS/#"));
  t.is((await client.take(5))[4], 0);
  client.send(publishPacket("$SYS/a", "x"));
  await client.untilClosed();
});
