import test from "ava";
import fc from "fast-check";
import { bytes, millis } from "../../../../shared/base/units.ts";
import { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { putKey, putThing, serveApi } from "./served-api.ts";

test("more requests than a user may send are answered with how long to wait", async (t) => {
  const { ask, clock, store } = await serveApi(t, { keyRate: { perSecond: 1, burst: 3 } });
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const other = await putKey(store, "otto", [[Role.viewer, "all"]]);
  for (let turn = 0; turn < 3; turn++) t.is((await ask("GET", "/api/v1/session", { key })).status, 200);
  const limited = await ask("GET", "/api/v1/session", { key });
  t.is(limited.status, 429);
  t.like(limited.json, { code: "EDGE_RATE_EXCEEDED" });
  t.is(limited.headers.get("retry-after"), "1");
  t.is((await ask("GET", "/api/v1/session", { key: other })).status, 200);
  await clock.advance(millis(1000));
  t.is((await ask("GET", "/api/v1/session", { key })).status, 200);
});

test("who tries keys is slowed down, and nobody else at his address is", async (t) => {
  const { ask, store } = await serveApi(t, { refusedRate: { perSecond: 1, burst: 3 } });
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const statuses: number[] = [];
  for (let turn = 0; turn < 5; turn++) statuses.push((await ask("GET", "/api/v1/session", { key: `psk_guess_${turn}` })).status);
  t.deepEqual(statuses, [401, 401, 401, 429, 429]);
  t.is((await ask("GET", "/api/v1/session", { key })).status, 200);
});

test("who tries passwords is slowed down", async (t) => {
  const { ask } = await serveApi(t, { loginRate: { perSecond: 1, burst: 2 } });
  const statuses: number[] = [];
  for (let turn = 0; turn < 3; turn++) statuses.push((await ask("POST", "/api/v1/session", { body: { user: "x", password: "y" } })).status);
  t.is(statuses.at(-1), 429);
});

test("a body that is too large, no JSON, or JSON with a key twice is refused before anything happens", async (t) => {
  const { ask, store } = await serveApi(t, { body: bytes(1000) });
  const key = await putKey(store, "ed", [[Role.engineer, "all"]]);
  const headers = { "content-type": "application/json" };
  const send = (text: string) => ask("POST", "/api/v1/things", { key, headers, body: new TextEncoder().encode(text) });
  const large = await send(`{"id":"a","name":"${"x".repeat(1000)}"}`);
  t.is(large.status, 413);
  t.is(large.json["code"], "EDGE_BODY_TOO_LARGE");
  for (const text of [
    "",
    "{",
    '{"id":"a",}',
    '{"id":"a","id":"b"}',
    '{"__proto__":{"x":1}}',
    '{"\\u005f_proto__":1,"id":"a"}',
    `${"[".repeat(200)}${"]".repeat(200)}`,
    "nul",
  ]) {
    const refused = await send(text);
    t.is(refused.status, 400, text);
    t.regex(String(refused.json["code"]), /^EDGE_(BODY_NOT_JSON|REQUEST_INVALID)$/, text);
  }
  t.is(store.count("thing"), 0);
});

test("a body is read only from those who are let in", async (t) => {
  const { ask } = await serveApi(t);
  const refused = await ask("POST", "/api/v1/things", {
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode("{"),
  });
  t.is(refused.status, 401);
});

test("whatever is sent, the answer is a success or a problem with a known code, and never a failure of ours", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "ada", [[Role.admin, "all"]]);
  await putThing(store, "pump");
  const bodies = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.string({ maxLength: 60 }),
    fc
      .object({
        key: fc.constantFrom("id", "name", "kind", "labels", "desired", "type", "target", "attributes", "user", "selector"),
        maxDepth: 3,
      })
      .map((value) => JSON.stringify(value)),
  );
  const places = fc.constantFrom(
    ["POST", "/api/v1/things"],
    ["PATCH", "/api/v1/things/pump"],
    ["POST", "/api/v1/things/pump/features/f"],
    ["PATCH", "/api/v1/things/pump/features/f"],
    ["POST", "/api/v1/definitions"],
    ["POST", "/api/v1/aliases"],
    ["POST", "/api/v1/relations"],
    ["POST", "/api/v1/operations"],
    ["POST", "/api/v1/boards"],
    ["POST", "/api/v1/grants"],
    ["POST", "/api/v1/session"],
    ["POST", "/api/v1/notices/read"],
  );
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(places, bodies, async ([method = "", where = ""], text) => {
        const { json, status } = await ask(method, where, {
          key,
          headers: { "content-type": "application/json" },
          body: new TextEncoder().encode(text),
        });
        return status < 500 && (status < 400 || (typeof json["code"] === "string" && json["status"] === status));
      }),
      { numRuns: 150 },
    ),
  );
});

test("whatever is asked in a query, the answer is a success or a problem with a known code", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "ada", [[Role.admin, "all"]]);
  await putThing(store, "pump");
  const names = fc.constantFrom(
    "filter",
    "orderBy",
    "limit",
    "cursor",
    "after",
    "thing",
    "feature",
    "from",
    "to",
    "order",
    "buckets",
    "path",
    "x",
  );
  const values = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer().map(String),
    fc.constantFrom("pump", "id", "-id", "true", "id == 'pump'", "1 / 0", "asc"),
  );
  const places = fc.constantFrom(
    "things",
    "features",
    "events",
    "records",
    "records/buckets",
    "operations",
    "audit",
    "users",
    "boards",
    "artifacts",
    "definitions",
  );
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(places, fc.array(fc.tuple(names, values), { maxLength: 4 }), async (where, pairs) => {
        const { json, status } = await ask("GET", `/api/v1/${where}?${new URLSearchParams(Object.fromEntries(pairs))}`, {
          key,
        });
        return status < 500 && (status < 400 || (typeof json["code"] === "string" && json["status"] === status));
      }),
      { numRuns: 150 },
    ),
  );
});
