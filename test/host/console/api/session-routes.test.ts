import test from "ava";
import { isJsonObject } from "../../../../shared/base/json.ts";
import { millis } from "../../../../shared/base/units.ts";
import { type Asked, type ServedApi, serveApi } from "./served-api.ts";

const cookieOf = ({ headers }: Asked): string => headers.get("set-cookie")?.split(";", 1)[0] ?? "";
const password = "a river is not a lake";

/** Makes the first admin with the first-start token, and logs in as him. */
async function firstAdmin({ ask, room }: ServedApi): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const { token } = await room.firstStart();
  const begun = await ask("POST", "/api/v1/session/token", { body: { token } });
  const headers = { cookie: cookieOf(begun), "x-csrf-token": String(begun.json["csrf"]) };
  const made = await ask("POST", "/api/v1/session/password", { headers, body: { password, user: "ada" } });
  return { cookie: cookieOf(made), csrf: String(made.json["csrf"]) };
}

test("the first-start token makes the first admin and opens nothing else", async (t) => {
  const api = await serveApi(t);
  const { token } = await api.room.firstStart();
  t.is((await api.ask("POST", "/api/v1/session/token", { body: { token: "pst_wrong" } })).status, 401);
  const begun = await api.ask("POST", "/api/v1/session/token", { body: { token } });
  t.is(begun.status, 200, begun.text);
  t.like(begun.json, { onlyPassword: true });
  const set = begun.headers.get("set-cookie") ?? "";
  t.regex(set, /^penstock_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
  const headers = { cookie: cookieOf(begun), "x-csrf-token": String(begun.json["csrf"]) };
  const early = await api.ask("GET", "/api/v1/things", { headers });
  t.is(early.status, 403);
  t.is(early.json["code"], "EDGE_PASSWORD_FIRST");
  const made = await api.ask("POST", "/api/v1/session/password", { headers, body: { password, user: "ada" } });
  t.is(made.status, 200, made.text);
  t.like(made.json, { user: "ada", roles: [{ role: "admin", scope: "all" }] });
  t.is((await api.ask("GET", "/api/v1/things", { headers: { cookie: cookieOf(made) } })).status, 200);
  t.is((await api.ask("POST", "/api/v1/session/token", { body: { token } })).status, 401);
});

test("a cookie alone changes nothing: the token of the session and the own origin are asked for", async (t) => {
  const api = await serveApi(t);
  const { cookie, csrf } = await firstAdmin(api);
  const make = (id: string, headers: Readonly<Record<string, string>>) =>
    api.ask("POST", "/api/v1/things", { body: { id }, headers: { cookie, ...headers } });
  const forged = await make("a", {});
  t.is(forged.status, 403);
  t.is(forged.json["code"], "EDGE_CSRF");
  t.is((await make("b", { "x-csrf-token": `${csrf}x` })).json["code"], "EDGE_CSRF");
  t.is((await make("c", { "x-csrf-token": csrf, origin: "http://evil.example" })).json["code"], "EDGE_HTTP_ORIGIN");
  t.is((await make("d", { "x-csrf-token": csrf, origin: "null" })).json["code"], "EDGE_HTTP_ORIGIN");
  t.is((await make("e", { "x-csrf-token": csrf, origin: api.server.address })).status, 201);
  const { items } = (await api.ask("GET", "/api/v1/things", { headers: { cookie } })).json;
  t.deepEqual(Array.isArray(items) && items.map((item) => isJsonObject(item) && item["id"]), ["e"]);
});

test("who logs out is out, and his cookie is taken away", async (t) => {
  const api = await serveApi(t);
  const { cookie, csrf } = await firstAdmin(api);
  t.like((await api.ask("GET", "/api/v1/session", { headers: { cookie } })).json, { user: "ada", csrf });
  const out = await api.ask("DELETE", "/api/v1/session", { headers: { cookie, "x-csrf-token": csrf } });
  t.is(out.status, 204);
  t.regex(out.headers.get("set-cookie") ?? "", /^penstock_session=; Max-Age=0;/);
  t.is((await api.ask("GET", "/api/v1/session", { headers: { cookie } })).status, 401);
});

test("a wrong password and a user that is not there are told alike", async (t) => {
  const api = await serveApi(t);
  await firstAdmin(api);
  const wrong = await api.ask("POST", "/api/v1/session", { body: { user: "ada", password: "wrong wrong wrong" } });
  const unknown = await api.ask("POST", "/api/v1/session", { body: { user: "bob", password: "wrong wrong wrong" } });
  t.is(wrong.status, 401);
  const { instance: _one, ...told } = wrong.json;
  const { instance: _other, ...toldToo } = unknown.json;
  t.deepEqual(told, toldToo);
  const right = await api.ask("POST", "/api/v1/session", { body: { user: "ada", password } });
  t.is(right.status, 200, right.text);
});

test("a key that was revoked, and a session that has passed, are refused at once", async (t) => {
  const api = await serveApi(t);
  const { cookie, csrf } = await firstAdmin(api);
  const headers = { cookie, "x-csrf-token": csrf };
  const made = await api.ask("POST", "/api/v1/keys", { headers, body: { name: "machine", grants: [{ role: "viewer", scope: "all" }] } });
  t.is(made.status, 201, made.text);
  const secret = String(made.json["secret"]);
  const { key } = made.json;
  t.is((await api.ask("GET", "/api/v1/things", { key: secret })).status, 200);
  t.false((await api.ask("GET", "/api/v1/keys", { headers })).text.includes("Hash"));
  t.is((await api.ask("DELETE", `/api/v1/keys/${isJsonObject(key) && key["id"]}`, { headers })).status, 204);
  t.is((await api.ask("GET", "/api/v1/things", { key: secret })).status, 401);
  await api.clock.advance(millis(13 * 3_600_000));
  t.is((await api.ask("GET", "/api/v1/session", { headers: { cookie } })).status, 401);
});
