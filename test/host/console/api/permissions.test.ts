import test, { type ExecutionContext } from "ava";
import { checkSchema } from "../../../../shared/base/check-schema.ts";
import { isJsonObject, type JsonObject } from "../../../../shared/base/json.ts";
import type { JsonSchema } from "../../../../shared/base/json-schema.ts";
import { apiRoutes } from "../../../../shared/console/api/api-routes.ts";
import { ProblemDocument } from "../../../../shared/console/api/problem-api.ts";
import type { RouteSpec } from "../../../../shared/console/api/route-spec.ts";
import { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { putFeature, putKey, putThing, type ServedApi, serveApi } from "./served-api.ts";

const artifact = "a".repeat(32);
const operation = "op-1";

/** What `{id}` is, by tag. */
const ids: Readonly<Record<string, string>> = {
  definitions: "blueprint:pump@1",
  operations: operation,
  boards: "b1",
  artifacts: artifact,
  users: "victim",
  grants: "grant-victim",
  keys: "key-victim",
};

const bodies: Readonly<Record<string, JsonObject>> = {
  logIn: { user: "x", password: "y" },
  logInWithToken: { token: "x" },
  setOwnPassword: { password: "a river is not a lake" },
  createThing: { id: "new-thing" },
  patchThing: { description: "changed" },
  createFeature: { title: "mine" },
  patchFeature: { desired: { value: 7 } },
  createDefinition: { id: "blueprint:new@1", attributes: [] },
  patchDefinition: { title: "changed" },
  createAlias: { network: "net", key: "serial", value: "new", thing: "pump" },
  createRelation: { parent: "site", name: "in", child: "tank" },
  readNotices: { seq: 0 },
  createOperation: { type: "feature.write", target: { thing: "pump", feature: "speed" }, input: { value: 1 } },
  createBoard: { id: "b-new" },
  patchBoard: { name: "changed" },
  createUser: { id: "new-user" },
  patchUser: { name: "changed" },
  setUserPassword: { password: "a lake is not a river" },
  createGrant: { principal: "user:victim", role: "viewer", scope: "thing:pump" },
  createKey: { name: "new" },
};

const queries: Readonly<Record<string, string>> = {
  listRecords: "?thing=pump&feature=speed",
  listBuckets: "?thing=pump&feature=speed",
  streamLive: "?values=*",
  createArtifact: "?name=x.bin",
};

/** The schemas of what succeeds, by route. */
const answers: ReadonlyMap<string, JsonSchema> = new Map(
  Object.entries<RouteSpec>(apiRoutes).flatMap(([name, { answer }]) => (answer === undefined ? [] : [[name, answer] as const])),
);

/** One operation of the OpenAPI document. */
interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  readonly roles: readonly string[];
}

async function operationsOf({ ask }: ServedApi): Promise<readonly Operation[]> {
  const { paths } = (await ask("GET", "/api/openapi.json")).json;
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(isJsonObject(paths) ? paths : {})) {
    for (const [method, description] of Object.entries(isJsonObject(item) ? item : {})) {
      if (!isJsonObject(description)) continue;
      const roles = description["x-roles"];
      operations.push({
        name: String(description["operationId"]),
        method: method.toUpperCase(),
        path,
        permission: String(description["x-permission"]),
        roles: Array.isArray(roles) ? roles.map(String) : [],
      });
    }
  }
  return operations;
}

function urlOf({ name, path }: Operation): string {
  const tag = path.split("/")[3] ?? "";
  const known: Readonly<Record<string, string>> = {
    thing: "pump",
    feature: name === "createFeature" ? "new" : name === "deleteFeature" ? "note" : "speed",
    network: "net",
    key: "serial",
    value: "a1",
    parent: "site",
    name: "in",
    child: "pump",
    id: ids[tag] ?? "none",
  };
  return path.replaceAll(/\{([a-z]+)\}/g, (_, parameter: string) => encodeURIComponent(known[parameter] ?? "none")) + (queries[name] ?? "");
}

/** A document of every kind, so that a refusal is about permission and nothing else. */
async function fill({ store, boards }: ServedApi): Promise<void> {
  for (const id of ["pump", "tank"]) await putThing(store, id);
  await putThing(store, "site", { kind: "site" });
  await putFeature(store, "pump", "speed");
  await boards.create({ id: "system", type: "system", via: "system" }, { id: "b1" });
  await putKey(store, "victim", []);
  await store.commit({
    actor: "test",
    puts: [
      {
        kind: "feature",
        id: "pump/note",
        document: { thing: "pump", id: "note", owner: "user", traits: {}, desiredRev: 0, observedRev: 0 },
      },
      { kind: "definition", id: "blueprint:pump@1", document: { id: "blueprint:pump@1", kind: "blueprint", attributes: [] } },
      { kind: "alias", id: "net/serial/a1", document: { id: "net/serial/a1", network: "net", key: "serial", value: "a1", thing: "pump" } },
      { kind: "relation", id: "site/in/pump", document: { id: "site/in/pump", parent: "site", name: "in", child: "pump" } },
      {
        kind: "grant",
        id: "grant-victim",
        document: { id: "grant-victim", principal: "user:victim", role: "viewer", scope: "thing:tank", createdBy: "test" },
      },
      { kind: "key", id: "key-victim", document: { id: "key-victim", name: "victim", owner: "victim", secretHash: "0" } },
      {
        kind: "artifact",
        id: artifact,
        document: { id: artifact, name: "x", mediaType: "text/plain", size: 1, sha256: "a".repeat(64), createdBy: "test" },
      },
      {
        kind: "operation",
        id: operation,
        document: {
          id: operation,
          type: "feature.write",
          target: { thing: "pump", feature: "speed" },
          state: "pending",
          deadline: 9e12,
          createdBy: "test",
          history: [],
        },
      },
    ],
  });
}

interface Seen {
  readonly status: number;
  readonly text: string;
}

/** Asks and reads the answer, of streams the beginning only. */
async function call({ server }: ServedApi, operation: Operation, key: string | undefined): Promise<Seen> {
  const { method, name } = operation;
  const bytes = name === "createArtifact";
  const body = bodies[name];
  const stop = new AbortController();
  const response = await fetch(server.address + urlOf(operation), {
    method,
    signal: stop.signal,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...((body !== undefined || bytes) && { "content-type": bytes ? "application/octet-stream" : "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(bytes && { body: "bytes" }),
  });
  const { status, headers } = response;
  const stream = headers.get("content-type")?.startsWith("text/event-stream") === true;
  // The artifact of the test has no bytes: its download breaks off, which is no matter here.
  const text = stream ? "" : await response.text().catch(() => "");
  stop.abort();
  return { status, text };
}

function isProblem(t: ExecutionContext, { status, text }: Seen, code: string, about: string): void {
  const problem: unknown = JSON.parse(text);
  t.deepEqual(checkSchema(ProblemDocument, JSON.parse(text)), [], about);
  t.like(problem, { code, status }, about);
}

const nobody = { grants: [], title: "somebody without grants" } as const;
const askers = [nobody, ...Object.values(Role).map((role) => ({ grants: [[role, "all"]] as const, title: `a ${role}` }))];

for (const { grants, title } of askers) {
  test(`of every route, ${title} may what his roles say and nothing else`, async (t) => {
    const api = await serveApi(t);
    await fill(api);
    const key = await putKey(api.store, "asker", grants);
    const operations = await operationsOf(api);
    t.is(operations.length, Object.keys(apiRoutes).length);
    const may = (roles: readonly string[]): boolean => grants.some(([role]) => roles.includes(role));
    // Refused first: what is allowed would change what the refused look at.
    for (const operation of operations.filter(({ permission, roles }) => permission.includes(":") && !may(roles))) {
      const before = (await api.store.events(0, 1)).newest;
      const names = JSON.stringify([...api.boards.boards]);
      const seen = await call(api, operation, key);
      const about = `${operation.name}: ${seen.status} ${seen.text}`;
      const isList = operation.method === "GET" && /:(list|read)$/.test(operation.permission);
      if (seen.status === 200 && isList && grants.length === 0) {
        t.false(/"pump"|"tank"|"b1"|"a1"|blueprint:pump/.test(seen.text), about);
        continue;
      }
      t.is(seen.status, 403, about);
      isProblem(t, seen, "EDGE_FORBIDDEN", about);
      t.is((await api.store.events(0, 1)).newest, before, about);
      t.is(JSON.stringify([...api.boards.boards]), names, about);
    }
    for (const operation of operations.filter(({ permission, roles }) => permission.includes(":") && may(roles))) {
      const { status, text } = await call(api, operation, key);
      t.false(status === 401 || status === 403, `${operation.name}: ${status} ${text}`);
      // A backup has all that the store has.
      if (operation.name !== "getBackup")
        t.false(/hash"/i.test(text.replaceAll(/"(prev|hash)":/g, "")), `${operation.name} tells a secret: ${text}`);
      const schema = answers.get(operation.name);
      if (status < 300 && status !== 204 && schema !== undefined) t.deepEqual(checkSchema(schema, JSON.parse(text)), [], operation.name);
    }
  });
}

test("without a log-in only what is public is served", async (t) => {
  const api = await serveApi(t);
  await fill(api);
  for (const operation of await operationsOf(api)) {
    const seen = await call(api, operation, undefined);
    const about = `${operation.name}: ${seen.status} ${seen.text}`;
    if (operation.permission === "public") t.true(seen.status === 200 || operation.method === "POST", about);
    else isProblem(t, seen, "EDGE_UNAUTHENTICATED", about);
  }
});

test("what is served is what is described, and every route has a permission and words", async (t) => {
  const api = await serveApi(t);
  const described = new Set((await operationsOf(api)).map(({ method, path }) => `${method} ${path}`));
  const served = api.server.routes().filter((route) => !route.startsWith("HEAD "));
  t.deepEqual([...served].sort(), [...described].sort());
  const { paths, components } = (await api.ask("GET", "/api/openapi.json")).json;
  const names = Object.keys(isJsonObject(components) && isJsonObject(components["schemas"]) ? components["schemas"] : {});
  for (const [, name = ""] of JSON.stringify([paths, components]).matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g))
    t.true(names.includes(name), name);
  for (const route of Object.values(apiRoutes)) {
    t.regex(route.permission, /^(public|login|[a-z.]+:(create|read|update|delete|list|exec))$/, route.path);
    t.true(route.summary.length > 5, route.path);
  }
  const page = await api.ask("GET", "/api/docs");
  for (const name of Object.keys(apiRoutes)) t.true(page.text.includes(`id="${name}"`), name);
});
