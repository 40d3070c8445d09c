import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { loadAccounts } from "../../../../firmware/broker/access/accounts-load.ts";
import { BoardCredentials } from "../../../../host/broker/accounts/board-credentials.ts";
import { hashPassword } from "../../../../host/broker/accounts/hash-password.ts";
import { gatewayAccount, MqttAccounts } from "../../../../host/broker/accounts/mqtt-accounts.ts";
import { PrincipalBook } from "../../../../host/console/access/principal-book.ts";
import { StoreAccess } from "../../../../host/console/access/store-access.ts";
import { ThingPlaces } from "../../../../host/console/access/thing-places.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { millis } from "../../../../shared/base/units.ts";
import { bindRules, mayPublish, maySubscribe } from "../../../../shared/broker/access-rules.ts";
import type { DocumentPut, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { anna } from "../open-coordinator.ts";

/** Any hash of the right form: making a real one takes long. */
const hash = `$argon2id$v=19$m=19456,t=2,p=1$${"c".repeat(22)}$${"d".repeat(43)}`;

class AccountsSet implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly scratch = new ScratchDirectory();
  reloads = 0;
  /** Lets the broker refuse to read. */
  broken = false;
  #store: GatewayStore | undefined;
  #accounts: MqttAccounts | undefined;
  #closing: (() => void)[] = [];

  static async open(): Promise<AccountsSet> {
    const set = new AccountsSet();
    set.#store = await MemoryGatewayStore.open({ clock: set.clock, log: new FakeLog() });
    await set.start();
    return set;
  }

  get store(): GatewayStore {
    if (this.#store === undefined) throw new Error("it is not open");
    return this.#store;
  }

  get accounts(): MqttAccounts {
    if (this.#accounts === undefined) throw new Error("it is not open");
    return this.#accounts;
  }

  async start(): Promise<void> {
    const { store, clock } = this;
    const book = await PrincipalBook.open({ store });
    const places = await ThingPlaces.open({ store, log: new FakeLog() });
    this.#closing = [() => book.close(), () => places.close()];
    this.#accounts = await MqttAccounts.open({
      store,
      access: new StoreAccess({ book, places }),
      credentials: new BoardCredentials({ store, hash: async () => hash }),
      directory: this.scratch.path,
      hash: async () => hash,
      reload: async () => {
        this.reloads++;
        if (this.broken) throw new Error("the board does not answer");
      },
      clock,
      log: new FakeLog(),
      random: () => 0,
      enrolment: true,
    });
  }

  async stop(): Promise<void> {
    await this.accounts.close();
    for (const close of this.#closing) close();
  }

  /** What the broker would load. */
  load() {
    return loadAccounts(this.accounts.file, new FakeLog());
  }

  async names(): Promise<readonly string[]> {
    return [...(await this.load()).keys()].sort();
  }

  async user(id: string, more: { enabled?: boolean; mustChangePassword?: boolean; passwordHash?: string | undefined } = {}): Promise<void> {
    const { passwordHash = hash, ...rest } = "passwordHash" in more ? more : { ...more, passwordHash: hash };
    const document = {
      id,
      name: id,
      enabled: true,
      ...rest,
      ...(more.passwordHash === undefined && "passwordHash" in more ? {} : { passwordHash }),
    };
    await this.store.commit({ actor: "system", puts: [{ kind: "user", id, document }] });
  }

  async grant(id: string, principal: string, role: "viewer" | "operator" | "engineer" | "admin", scope: string): Promise<void> {
    const document = { id, principal, role, scope, createdBy: "system" };
    await this.store.commit({ actor: "system", puts: [{ kind: "grant", id, document }] });
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) {
      await this.clock.advance(millis(50));
      await this.accounts.idle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.store.close();
    this.scratch[Symbol.dispose]();
  }
}

test("the file is there before the broker starts, for its owner only, with the gateway's account and its password in a file", async (t) => {
  await using set = await AccountsSet.open();
  t.deepEqual(await set.names(), ["penstock-enrolment", "penstock-gateway"]);
  t.is((await stat(set.accounts.file)).mode & 0o777, 0o600);
  t.is((await stat(set.accounts.passwordFile())).mode & 0o777, 0o600);
  t.true((await readFile(set.accounts.passwordFile(gatewayAccount), "utf8")).trim().length >= 32);
  t.is(set.reloads, 0);
});

test("people and keys have the rights there that they have everywhere", async (t) => {
  await using set = await AccountsSet.open();
  await set.user("vera");
  await set.user("otto");
  await set.user("tess");
  await set.user("nobody");
  await set.grant("g1", "user:vera", "viewer", "all");
  await set.grant("g2", "user:otto", "operator", "all");
  await set.grant("g3", "user:tess", "operator", "thing:pump");
  await set.store.commit({
    actor: "system",
    puts: [
      { kind: "key", id: "k1", document: { id: "k1", name: "k", owner: "otto", secretHash: "x", passwordHash: hash } },
      { kind: "grant", id: "g4", document: { id: "g4", principal: "key:k1", role: "viewer", scope: "all", createdBy: "system" } },
    ],
  });
  await set.settle();
  const accounts = await set.load();
  const may = (name: string) => {
    const rules = bindRules(accounts.get(name)?.rules ?? { publish: [], subscribe: [] }, { user: name, client: "c" });
    return {
      sees: maySubscribe(rules, "penstock/v1/pump/twin/speed/reported"),
      seesOthers: maySubscribe(rules, "penstock/v1/+/data/#"),
      sets: mayPublish(rules, "penstock/v1/pump/twin/speed/set"),
      setsOthers: mayPublish(rules, "penstock/v1/fan/twin/speed/set"),
      links:
        maySubscribe(rules, "penstock/v1/b/link/up") || mayPublish(rules, "penstock/v1/b/link/up") || maySubscribe(rules, "penstock/v1/#"),
    };
  };
  t.deepEqual(may("vera"), { sees: true, seesOthers: true, sets: false, setsOthers: false, links: false });
  t.deepEqual(may("otto"), { sees: true, seesOthers: true, sets: true, setsOthers: true, links: false });
  t.deepEqual(may("tess"), { sees: true, seesOthers: false, sets: true, setsOthers: false, links: false });
  t.deepEqual(may("key:k1"), { sees: true, seesOthers: true, sets: false, setsOthers: false, links: false });
  t.false(accounts.has("nobody"));
});

test("a grant on a group covers its members, and follows them", async (t) => {
  await using set = await AccountsSet.open();
  const thing = (id: string, kind: "device" | "group"): DocumentPut<"thing"> => {
    const lifecycle = { desired: "present", reported: "present", deleting: [] } as const;
    return { kind: "thing", id, document: { id, kind, name: id, labels: {}, lifecycle: { ...lifecycle, deleting: [] } } };
  };
  const member = {
    kind: "relation",
    id: "hall/in/pump",
    document: { id: "hall/in/pump", parent: "hall", name: "in", child: "pump" },
  } as const;
  await set.store.commit({ actor: "system", puts: [thing("hall", "group"), thing("pump", "device"), thing("fan", "device"), member] });
  await set.user("gus");
  await set.grant("g1", "user:gus", "operator", "group:hall");
  await set.settle();
  const sees = async (id: string) =>
    maySubscribe((await set.load()).get("gus")?.rules ?? { publish: [], subscribe: [] }, `penstock/v1/${id}/data/#`);
  t.deepEqual([await sees("pump"), await sees("fan")], [true, false]);
  await set.store.commit({
    actor: "system",
    puts: [{ kind: "relation", id: "hall/in/fan", document: { id: "hall/in/fan", parent: "hall", name: "in", child: "fan" } }],
    deletes: [{ kind: "relation", id: "hall/in/pump" }],
  });
  await set.settle();
  t.deepEqual([await sees("pump"), await sees("fan")], [false, true]);
});

test("whoever is gone, switched off or has to change the password is out at once, and the broker is told", async (t) => {
  await using set = await AccountsSet.open();
  for (const id of ["a", "b", "c"]) {
    await set.user(id);
    await set.grant(`g-${id}`, `user:${id}`, "viewer", "all");
  }
  await set.settle();
  t.deepEqual(await set.names(), ["a", "b", "c", "penstock-enrolment", "penstock-gateway"]);
  const before = set.reloads;
  await set.store.commit({ actor: "system", deletes: [{ kind: "user", id: "a" }] });
  await set.settle();
  t.is(set.reloads, before + 1);
  await set.user("b", { enabled: false });
  await set.user("c", { mustChangePassword: true });
  await set.settle();
  t.deepEqual(await set.names(), ["penstock-enrolment", "penstock-gateway"]);
});

test("a key whose time is up is out without anybody doing anything", async (t) => {
  await using set = await AccountsSet.open();
  await set.user("otto");
  await set.grant("g1", "user:otto", "operator", "all");
  await set.store.commit({
    actor: "system",
    puts: [
      {
        kind: "key",
        id: "k1",
        document: { id: "k1", name: "k", owner: "otto", secretHash: "x", passwordHash: hash, expiresAt: set.clock.wall() + 60_000 },
      },
      { kind: "grant", id: "g4", document: { id: "g4", principal: "key:k1", role: "viewer", scope: "all", createdBy: "system" } },
    ],
  });
  await set.settle();
  t.true((await set.names()).includes("key:k1"));
  await set.clock.advance(millis(60_000));
  await set.settle();
  t.false((await set.names()).includes("key:k1"));
});

test("a board has an account when it is taken in and was given a password, for its own link only", async (t) => {
  await using set = await AccountsSet.open();
  const board = (state: "adopted" | "discovered") =>
    ({ kind: "board", id: "b", document: { id: "b", name: "b", enabled: true, labels: {}, state } }) as const;
  await set.store.commit({ actor: "system", puts: [board("adopted")] });
  await new BoardCredentials({ store: set.store, hash: async () => hash }).issue(anna, "b");
  await set.settle();
  const rules = (await set.load()).get("board:b")?.rules ?? { publish: [], subscribe: [] };
  t.true(mayPublish(rules, "penstock/v1/b/link/up") && maySubscribe(rules, "penstock/v1/b/link/down"));
  t.false(
    mayPublish(rules, "penstock/v1/c/link/up") ||
      maySubscribe(rules, "penstock/v1/b/link/up") ||
      mayPublish(rules, "penstock/v1/b/link/down"),
  );
  await set.store.commit({ actor: "system", deletes: [{ kind: "board", id: "b" }] });
  await set.settle();
  t.false((await set.names()).includes("board:b"));
});

test("names that the broker or the gateway use are nobody else's", async (t) => {
  await using set = await AccountsSet.open();
  for (const id of ["board", "anonymous", "penstock-gateway"]) {
    await set.user(id);
    await set.grant(`g-${id}`, `user:${id}`, "viewer", "all");
  }
  await set.settle();
  t.deepEqual(await set.names(), ["penstock-enrolment", "penstock-gateway"]);
  t.true(mayPublish((await set.load()).get("penstock-gateway")?.rules ?? { publish: [], subscribe: [] }, "penstock/v1/b/link/down"));
});

test("a start without changes writes nothing; a broker that could not be told is told again", async (t) => {
  await using set = await AccountsSet.open();
  const before = await stat(set.accounts.file);
  await set.stop();
  await set.start();
  t.is((await stat(set.accounts.file)).mtimeMs, before.mtimeMs);
  set.broken = true;
  await set.user("a");
  await set.grant("g-a", "user:a", "viewer", "all");
  await set.settle();
  t.true(set.reloads >= 1);
  set.broken = false;
  const told = set.reloads;
  await set.clock.advance(millis(5000));
  await set.settle();
  t.true(set.reloads > told);
  t.is(path.basename(set.accounts.file), "mqtt-accounts.json");
});

test("a real hash is one that the broker takes", async (t) => {
  await using set = await AccountsSet.open();
  await set.user("a", { passwordHash: await hashPassword("correct horse battery staple") });
  await set.grant("g-a", "user:a", "viewer", "all");
  await set.settle();
  t.true((await set.names()).includes("a"));
});
