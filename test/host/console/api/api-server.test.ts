import { connect } from "node:net";
import test from "ava";
import { ApiServer } from "../../../../host/console/api/api-server.ts";
import { isJsonObject } from "../../../../shared/base/json.ts";
import { bytes, millis } from "../../../../shared/base/units.ts";
import { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { putFeature, putKey, putThing, serveApi } from "./served-api.ts";

test("a document has an ETag: it answers 304 while it holds, and 412 to a change of what is no more", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "ed", [[Role.engineer, "all"]]);
  const made = await ask("POST", "/api/v1/things", { key, body: { id: "pump", name: "Pump" } });
  t.is(made.status, 201);
  t.is(made.headers.get("etag"), '"rev-1"');
  const same = await ask("GET", "/api/v1/things/pump", { key, headers: { "if-none-match": '"rev-1"' } });
  t.is(same.status, 304);
  t.is(same.text, "");
  const changed = await ask("PATCH", "/api/v1/things/pump", { key, body: { name: "P1" }, headers: { "if-match": '"rev-1"' } });
  t.like(changed.json, { name: "P1", rev: 2 });
  t.is(changed.headers.get("etag"), '"rev-2"');
  const late = await ask("PATCH", "/api/v1/things/pump", { key, body: { name: "P2" }, headers: { "if-match": '"rev-1"' } });
  t.is(late.status, 412);
  t.like(late.json, { code: "EDGE_REVISION_CONFLICT", status: 412 });
  t.is(late.headers.get("content-type"), "application/problem+json");
  t.is((await ask("DELETE", "/api/v1/things/pump", { key, headers: { "if-match": '"rev-1"' } })).status, 412);
  t.is((await ask("DELETE", "/api/v1/things/pump", { key, headers: { "if-match": '"rev-2"' } })).status, 204);
  t.is((await ask("GET", "/api/v1/things/pump", { key })).status, 404);
});

test("a merge patch is taken as either media type and as no other", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "ed", [[Role.engineer, "all"]]);
  await putThing(store, "pump");
  const patch = (type: string) =>
    ask("PATCH", "/api/v1/things/pump", { key, body: new TextEncoder().encode('{"description":"x"}'), headers: { "content-type": type } });
  t.is((await patch("application/merge-patch+json")).status, 200);
  t.is((await patch("Application/JSON; charset=utf-8")).status, 200);
  for (const type of ["text/plain", "application/json-patch+json", "application/x-www-form-urlencoded"]) {
    const refused = await patch(type);
    t.is(refused.status, 415, type);
    t.is(refused.json["code"], "EDGE_MEDIA_TYPE");
  }
});

test("users write desired; the halves of others are refused and nothing of the patch is applied", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "olga", [[Role.operator, "all"]]);
  await putThing(store, "pump");
  await putFeature(store, "pump", "speed");
  const where = "/api/v1/things/pump/features/speed";
  t.like((await ask("PATCH", where, { key, body: { desired: { value: 40 } } })).json, { desired: { value: 40 } });
  for (const half of [{ reported: { value: 1 } }, { status: { text: "x" } }]) {
    const refused = await ask("PATCH", where, { key, body: { desired: { value: 50 }, ...half } });
    t.is(refused.status, 403, refused.text);
    t.like((await ask("GET", where, { key })).json, { desired: { value: 40 } });
  }
});

test("lists say how many there are and go on with a cursor to the last", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  for (let index = 0; index < 7; index++) await putThing(store, `pump-${index}`);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask("GET", `/api/v1/things?limit=3${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`, { key });
    t.is(page.json["total"], 7);
    const { items } = page.json;
    if (Array.isArray(items)) for (const item of items) if (isJsonObject(item)) seen.push(String(item["id"]));
    cursor = typeof page.json["cursor"] === "string" ? page.json["cursor"] : undefined;
  } while (cursor !== undefined);
  t.deepEqual(
    seen,
    Array.from({ length: 7 }, (_, index) => `pump-${index}`),
  );
});

test("what is measured is read by page and by span", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "thing:pump"]]);
  await putThing(store, "pump");
  const base = { thing: "pump", feature: "level", quality: "good" as const, term: 1 };
  const readings = Array.from({ length: 10 }, (_, index) => ({
    ...base,
    value: index,
    source: 1000 * index,
    received: 1000 * index,
    seq: index + 1,
  }));
  await store.commit({ actor: "test", readings });
  const first = await ask("GET", "/api/v1/records?thing=pump&feature=level&from=0&to=10000&limit=6", { key });
  t.is(first.status, 200, first.text);
  const rest = await ask("GET", `/api/v1/records?thing=pump&feature=level&from=0&to=10000&limit=6&cursor=${first.json["cursor"]}`, { key });
  const values = [first, rest].flatMap(({ json }) =>
    Array.isArray(json["items"]) ? json["items"].map((item) => isJsonObject(item) && item["value"]) : [],
  );
  t.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  t.is(rest.json["cursor"], undefined);
  const buckets = await ask("GET", "/api/v1/records/buckets?thing=pump&feature=level&from=0&to=10000&buckets=2", { key });
  t.is(buckets.status, 200);
  t.is((await ask("GET", "/api/v1/records?thing=other&feature=level", { key })).status, 403);
  t.is((await ask("GET", "/api/v1/records?thing=pump&feature=level&from=5&to=5", { key })).json["code"], "EDGE_REQUEST_INVALID");
  t.is((await ask("GET", "/api/v1/records?thing=pump&feature=level&cursor=x", { key })).json["code"], "EDGE_REQUEST_INVALID");
});

test("bytes are uploaded and downloaded as they are, as a download only", async (t) => {
  const { ask, store, server } = await serveApi(t, { artifact: bytes(100_000) });
  const key = await putKey(store, "ed", [[Role.engineer, "all"]]);
  const content = new Uint8Array(70_000).map((_, index) => index * 7);
  const upload = (body: Uint8Array, query: string) =>
    ask("POST", `/api/v1/artifacts?${query}`, { key, body, headers: { "content-type": "application/octet-stream" } });
  const made = await upload(content, `name=${encodeURIComponent('Pümpe "1".bin')}&mediaType=text/html`);
  t.is(made.status, 201, made.text);
  t.like(made.json, { size: 70_000, mediaType: "text/html" });
  const again = await upload(content, "name=other.bin");
  t.is(again.json["id"], made.json["id"]);
  const answer = await fetch(`${server.address}/api/v1/artifacts/${made.json["id"]}/content`, {
    headers: { authorization: `Bearer ${key}` },
  });
  t.deepEqual(new Uint8Array(await answer.arrayBuffer()), content);
  t.is(answer.headers.get("content-disposition"), "attachment; filename=\"P_mpe _1_.bin\"; filename*=UTF-8''P%C3%BCmpe%20%221%22.bin");
  t.is(answer.headers.get("x-content-type-options"), "nosniff");
  t.regex(answer.headers.get("content-security-policy") ?? "", /sandbox/);
  const large = await upload(new Uint8Array(100_001), "name=large.bin");
  t.is(large.status, 413);
  t.is((await upload(content, "name=a%2Fb")).status, 400);
  t.is((await ask("DELETE", `/api/v1/artifacts/${made.json["id"]}`, { key })).status, 204);
  t.is((await ask("GET", `/api/v1/artifacts/${made.json["id"]}/content`, { key })).status, 404);
});

test("a backup is sent whole to who may have it", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "ada", [[Role.admin, "all"]]);
  await putThing(store, "pump");
  const answer = await fetch(`${server.address}/api/v1/backup`, { headers: { authorization: `Bearer ${key}` } });
  t.is(answer.status, 200);
  t.regex(answer.headers.get("content-disposition") ?? "", /attachment; filename="penstock-.*\.backup"/);
  t.true((await answer.arrayBuffer()).byteLength > 100);
});

test("health needs no log-in and says only how it is; metrics need one", async (t) => {
  const { ask, clock, node, store } = await serveApi(t);
  t.deepEqual((await ask("GET", "/health")).json, { status: "ok" });
  node.problems = [{ part: "disk", text: "full" }];
  await clock.advance(millis(1000));
  t.deepEqual((await ask("GET", "/health")).json, { status: "degraded" });
  t.is((await ask("HEAD", "/health")).text, "");
  t.is((await ask("GET", "/metrics")).status, 401);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const metrics = await ask("GET", "/metrics", { key });
  t.regex(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  t.regex(metrics.text, /^penstock_api_streams 0$/m);
});

test("what is not served is told, with the methods that are", async (t) => {
  const { ask } = await serveApi(t);
  t.like((await ask("GET", "/api/v1/nothing")).json, { code: "EDGE_ROUTE_UNKNOWN", status: 404 });
  t.like((await ask("GET", "/api")).json, { code: "EDGE_ROUTE_UNKNOWN" });
  const put = await ask("PUT", "/api/v1/things/pump", { body: {} });
  t.is(put.status, 405);
  t.is(put.headers.get("allow"), "GET, HEAD, PATCH, DELETE");
  t.like((await ask("GET", "/api/v1/things/%zz")).json, { code: "EDGE_REQUEST_INVALID", status: 400 });
  t.is((await ask("GET", "/")).status, 503);
  t.is(
    (
      await ask("OPTIONS", "/api/v1/things", { headers: { origin: "http://evil.example", "access-control-request-method": "GET" } })
    ).headers.get("access-control-allow-origin"),
    null,
  );
});

test("every answer forbids what browsers should not do with it", async (t) => {
  const { ask } = await serveApi(t);
  for (const where of ["/health", "/api/v1/things", "/", "/api/docs", "/api/v1/nothing"]) {
    const { headers } = await ask("GET", where);
    t.is(headers.get("x-content-type-options"), "nosniff", where);
    t.is(headers.get("referrer-policy"), "no-referrer", where);
    t.regex(headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/, where);
    t.false(/unsafe/.test(headers.get("content-security-policy") ?? ""), where);
    t.is(headers.get("access-control-allow-origin"), null, where);
    t.is(headers.get("strict-transport-security"), null, where);
  }
});

/** What comes back to bytes that no client of ours would send. */
function answerTo(address: string, text: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("a page that rebinds its name to loopback gets nothing", async (t) => {
  const { server } = await serveApi(t);
  const answer = await answerTo(server.address, "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  t.regex(answer, /^HTTP\/1\.1 421 /);
  t.regex(answer, /EDGE_HTTP_HOST/);
});

test("what is no HTTP, and headers that are too large, are refused as problems", async (t) => {
  const { server } = await serveApi(t);
  const garbage = await answerTo(server.address, "\u0016\u0003\u0001 hello\r\n\r\n");
  t.regex(garbage, /^HTTP\/1\.1 400 .*application\/problem\+json.*EDGE_REQUEST_INVALID/s);
  const large = await answerTo(server.address, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`);
  t.regex(large, /^HTTP\/1\.1 431 .*application\/problem\+json/s);
});

test("beyond loopback it is served with TLS only, and a port that is taken is told", async (t) => {
  const { server } = await serveApi(t);
  const port = Number(new URL(server.address).port);
  await t.throwsAsync(serveApi(t, {}, { host: "0.0.0.0" }), { code: "EDGE_HTTP_EXPOSED" });
  await t.throwsAsync(serveApi(t, {}, { tls: { certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem" } }), {
    code: "EDGE_HTTP_CERTIFICATE",
  });
  await t.throwsAsync(serveApi(t, {}, { port }), { code: "EDGE_PORT_TAKEN" });
  t.true(server instanceof ApiServer);
});

test("what nobody foresaw is told as a number, and the log has the rest", async (t) => {
  const { ask, boards, log, store } = await serveApi(t);
  const key = await putKey(store, "ada", [[Role.admin, "all"]]);
  boards.list = async () => {
    throw new Error("secret /var/lib");
  };
  const { json, status, text } = await ask("GET", "/api/v1/boards", { key });
  t.is(status, 500);
  t.is(json["code"], "EDGE_INTERNAL");
  t.false(text.includes("secret"));
  t.true(log.entries.some(({ level, fields }) => level === "error" && "request" in fields && fields.request === json["instance"]));
});

test("neither keys nor cookies reach the log", async (t) => {
  const { ask, log, store } = await serveApi(t);
  const key = await putKey(store, "ada", [[Role.admin, "all"]]);
  await ask("POST", "/api/v1/things", { key, body: { id: "pump" } });
  await ask("GET", "/api/v1/things?cursor=zzz", { key, headers: { cookie: "penstock_session=abcdef" } });
  await ask("POST", "/api/v1/session", { body: { user: "x", password: "hunter2hunter2" } });
  t.true(log.entries.length > 0);
  t.notRegex(JSON.stringify(log.entries), new RegExp(`${key}|abcdef|hunter2`));
});
