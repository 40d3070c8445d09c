import path from "node:path";
import type { ExecutionContext } from "ava";
import { AccessRoom } from "../../../../host/console/access/access-room.ts";
import { digestOf, keySecret } from "../../../../host/console/access/secrets.ts";
import { ApiServer } from "../../../../host/console/api/api-server.ts";
import { type ApiSettings, apiDefaults } from "../../../../host/console/api/api-settings.ts";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { MemoryLists } from "../../../../host/platform/lists/memory-lists.ts";
import { ArtifactDirectory } from "../../../../host/twin/artifacts/artifact-directory.ts";
import { StoreResources } from "../../../../host/twin/resources/store-resources.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import type { JsonObject } from "../../../../shared/base/json.ts";
import { isJsonObject } from "../../../../shared/base/json.ts";
import type { CommandSender, LiveReading } from "../../../../shared/console/gateway-ports.ts";
import type { Role } from "../../../../shared/twin/documents/principal-document.ts";
import type { Draft, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { FakeBoards, FakeLiveFeed, FakeNode } from "./fake-boards.ts";

/** Rates that no test meets by accident: virtual time does not fill buckets. */
const plenty = { perSecond: 1e9, burst: 1e9 };
export const testSettings: ApiSettings = {
  ...apiDefaults,
  userRate: plenty,
  keyRate: plenty,
  addressRate: plenty,
  loginRate: plenty,
  refusedRate: plenty,
};

const sender: CommandSender = { nextCommand: async () => 1, issue: () => {}, withdraw: () => {} };

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `{}` for what is no object. */
  readonly json: JsonObject;
}

export interface Asking {
  /** Goes behind Bearer. */
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServedApi {
  readonly server: ApiServer;
  readonly store: GatewayStore;
  readonly room: AccessRoom;
  readonly boards: FakeBoards;
  readonly live: FakeLiveFeed;
  readonly node: FakeNode;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly directory: string;
  ask(method: string, path: string, asking?: Asking): Promise<Asked>;
}

/** The API over HTTP with everything real but boards, values and the machine; over a store in memory. Closed when the test ends. */
export async function serveApi(
  t: ExecutionContext,
  settings: Partial<ApiSettings> = {},
  more: {
    readonly console?: string;
    readonly host?: string;
    readonly port?: number;
    readonly tls?: { readonly certificate: string; readonly key: string };
  } = {},
): Promise<ServedApi> {
  const scratch = new ScratchDirectory();
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = await MemoryGatewayStore.open({ clock, log });
  const lists = new MemoryLists(new CelEngine());
  const room = await AccessRoom.open({ store, clock, log, directory: scratch.path, lists });
  const { access, accounts, authenticator, sessions } = room;
  const refusals = room.audit;
  const resources = await StoreResources.open({ store, access, refusals, cel: new CelEngine(), clock, log, sender });
  const boards = new FakeBoards();
  const live = new FakeLiveFeed();
  const node = new FakeNode();
  const artifacts = await ArtifactDirectory.open(path.join(scratch.path, "artifacts"));
  const server = await ApiServer.open({
    host: "127.0.0.1",
    port: 0,
    version: "0.0.0",
    resources,
    store,
    boards,
    live,
    node,
    artifacts,
    authenticator,
    sessions,
    accounts,
    access,
    refusals,
    lists,
    metrics: [room, store],
    clock,
    log,
    settings: { ...testSettings, ...settings },
    ...more,
  });
  t.teardown(async () => {
    await server.close();
    await resources.close();
    await room.close();
    await store.close();
    scratch[Symbol.dispose]();
  });
  const ask = (method: string, where: string, asking: Asking = {}): Promise<Asked> => askAt(server.address, method, where, asking);
  return { server, store, room, boards, live, node, clock, log, directory: scratch.path, ask };
}

async function askAt(address: string, method: string, where: string, { key, body, headers = {} }: Asking): Promise<Asked> {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(`${address}${where}`, {
    method,
    redirect: "manual",
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && !raw && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: raw ? new Blob([body]) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

let count = 0;

/** Puts a user with grants and a key of his with the same grants into the store. @returns the secret of the key */
export async function putKey(store: GatewayStore, user: string, grants: readonly (readonly [Role, string])[]): Promise<string> {
  const id = `key-${++count}`;
  const secret = keySecret(id);
  const userDraft: Draft<"user"> = { id: user, name: user, enabled: true };
  const keyDraft: Draft<"key"> = { id, name: id, owner: user, secretHash: digestOf(secret) };
  const grantDrafts = ["user", "key"].flatMap((type) =>
    grants.map(([role, scope]): Draft<"grant"> => {
      const principal = type === "user" ? `user:${user}` : `key:${id}`;
      return { id: `grant-${++count}`, principal, role, scope, createdBy: "test" };
    }),
  );
  await store.commit({
    actor: "test",
    puts: [
      { kind: "user", id: user, document: userDraft },
      { kind: "key", id, document: keyDraft },
      ...grantDrafts.map((document) => ({ kind: "grant" as const, id: document.id, document })),
    ],
  });
  return secret;
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

/** A feature that a board writes. */
export async function putFeature(store: GatewayStore, thing: string, id: string): Promise<void> {
  const document: Draft<"feature"> = {
    thing,
    id,
    owner: "board",
    traits: { type: "number", writable: true },
    desiredRev: 0,
    observedRev: 0,
  };
  await store.commit({ actor: "test", puts: [{ kind: "feature", id: `${thing}/${id}`, document }] });
}

export const reading = (thing: string, feature: string, value: number): LiveReading => ({
  thing,
  feature,
  value,
  quality: "good",
  source: value,
  received: value,
});
