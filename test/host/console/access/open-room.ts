import type { ExecutionContext } from "ava";
import { AccessRoom, type AccessRoomParts } from "../../../../host/console/access/access-room.ts";
import type { RequestFacts } from "../../../../host/console/api/authenticator.ts";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { MemoryLists } from "../../../../host/platform/lists/memory-lists.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import type { Actor } from "../../../../shared/twin/access/access-ports.ts";
import type { Role } from "../../../../shared/twin/documents/principal-document.ts";
import type { Draft, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

/** argon2id of {@link password} with small cost, so that tests do not wait for what they do not test. */
export const password = "a river is not a lake";

export const system: Actor = { id: "system", type: "system", via: "system" };
export const userActor = (id: string): Actor => ({ id: `user:${id}`, type: "user", via: "rest" });
export const keyActor = (id: string): Actor => ({ id: `key:${id}`, type: "key", via: "rest" });

export const facts = (more: Partial<RequestFacts> = {}): RequestFacts => ({
  authorization: undefined,
  cookie: undefined,
  csrf: undefined,
  unsafe: false,
  address: "192.0.2.1",
  via: "console",
  ...more,
});

export interface TestRoom {
  readonly room: AccessRoom;
  readonly store: GatewayStore;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly directory: string;
}

/** An access room over a memory store, closed when the test ends. */
export async function openRoom(
  t: ExecutionContext,
  more: Partial<AccessRoomParts> & { readonly clock?: FakeClock } = {},
): Promise<TestRoom> {
  const scratch = new ScratchDirectory();
  const clock = more.clock ?? new FakeClock();
  const log = new FakeLog();
  const store = more.store ?? (await MemoryGatewayStore.open({ clock, log }));
  const directory = more.directory ?? scratch.path;
  const room = await AccessRoom.open({ lists: new MemoryLists(new CelEngine()), ...more, store, clock, log, directory });
  t.teardown(async () => {
    await room.close();
    if (more.store === undefined) await store.close();
    scratch[Symbol.dispose]();
  });
  return { room, store, clock, log, directory };
}

let hashed: Promise<string> | undefined;

/** A hash of {@link password}, made once for a test file. */
export function passwordHash(): Promise<string> {
  hashed ??= import("argon2").then(({ argon2id, hash }) =>
    hash(password, { type: argon2id, memoryCost: 1024, timeCost: 2, parallelism: 1 }),
  );
  return hashed;
}

/** Puts a user with {@link password} and grants into the store, past all checks. */
export async function putUser(
  store: GatewayStore,
  id: string,
  grants: readonly (readonly [Role, string])[] = [],
  more: Partial<Draft<"user">> = {},
): Promise<Actor> {
  const document: Draft<"user"> = { id, name: id, enabled: true, passwordHash: await passwordHash(), ...more };
  await store.commit({ actor: "test", puts: [{ kind: "user", id, document }] });
  for (const [role, scope] of grants) await putGrant(store, `user:${id}`, role, scope);
  return userActor(id);
}

let grantCount = 0;

export async function putGrant(store: GatewayStore, principal: string, role: Role, scope: string): Promise<string> {
  const id = `grant-${++grantCount}`;
  const document: Draft<"grant"> = { id, principal, role, scope, createdBy: "test" };
  await store.commit({ actor: "test", puts: [{ kind: "grant", id, document }] });
  return id;
}

export async function putThing(store: GatewayStore, id: string, more: Partial<Draft<"thing">> = {}): Promise<void> {
  const document: Draft<"thing"> = {
    id,
    kind: "device",
    name: id,
    labels: {},
    lifecycle: { desired: "present", reported: "present", deleting: [] },
    ...more,
  };
  await store.commit({ actor: "test", puts: [{ kind: "thing", id, document }] });
}

export async function relate(store: GatewayStore, parent: string, child: string): Promise<void> {
  const id = `${parent}/in/${child}`;
  const document: Draft<"relation"> = { id, parent, name: "in", child };
  await store.commit({ actor: "test", puts: [{ kind: "relation", id, document }] });
}

export const unrelate = (store: GatewayStore, parent: string, child: string): Promise<unknown> =>
  store.commit({ actor: "test", deletes: [{ kind: "relation", id: `${parent}/in/${child}` }] });
