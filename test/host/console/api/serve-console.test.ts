import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import test from "ava";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { serveApi } from "./served-api.ts";

function buildConsole(directory: string): void {
  mkdirSync(path.join(directory, "assets"), { recursive: true });
  writeFileSync(path.join(directory, "index.html"), "<!doctype html><p>console");
  writeFileSync(path.join(directory, "assets/main-B3xk29fa.js"), "plain");
  writeFileSync(path.join(directory, "assets/main-B3xk29fa.js.br"), "brotli");
  writeFileSync(path.join(directory, "assets/main-B3xk29fa.js.gz"), "gzip");
}

test("the console is served, its routes give its page, and what the API does not know is no page", async (t) => {
  using home = new ScratchDirectory();
  buildConsole(home.path);
  const { ask } = await serveApi(t, {}, { console: home.path });
  for (const where of ["/", "/things/pump?tab=history", "/index.html"]) {
    const { headers, status, text } = await ask("GET", where);
    t.is(status, 200);
    t.true(text.endsWith("console"));
    t.is(headers.get("cache-control"), "no-cache");
    t.regex(headers.get("content-security-policy") ?? "", /script-src 'self';/);
  }
  const page = await ask("GET", "/");
  t.is((await ask("GET", "/", { headers: { "if-none-match": page.headers.get("etag") ?? "" } })).status, 304);
  t.is((await ask("GET", "/missing.js")).json["code"], "EDGE_ROUTE_UNKNOWN");
  t.is((await ask("GET", "/api/v2/things")).json["code"], "EDGE_ROUTE_UNKNOWN");
  t.is((await ask("POST", "/things", { body: {} })).status, 405);
});

test("files go out compressed as the browser understands, and for ever where their name has a hash", async (t) => {
  using home = new ScratchDirectory();
  buildConsole(home.path);
  const { server } = await serveApi(t, {}, { console: home.path });
  const get = async (
    accept: string,
  ): Promise<{ readonly coding: string | null; readonly cache: string | null; readonly vary: string | null }> => {
    const { headers, body } = await fetch(`${server.address}/assets/main-B3xk29fa.js`, { headers: { "accept-encoding": accept } });
    await body?.cancel().catch(() => undefined);
    return { coding: headers.get("content-encoding"), cache: headers.get("cache-control"), vary: headers.get("vary") };
  };
  const rest = { cache: "public, max-age=31536000, immutable", vary: "accept-encoding" };
  t.deepEqual(await get("gzip, br"), { coding: "br", ...rest });
  t.deepEqual(await get("gzip;q=1.0, br;q=0"), { coding: "gzip", ...rest });
  t.deepEqual(await get("identity"), { coding: null, ...rest });
});

test("with TLS the browser is told to stay with it", async (t) => {
  using home = new ScratchDirectory();
  const certificate = path.join(home.path, "cert.pem");
  const key = path.join(home.path, "key.pem");
  const subject = ["-subj", "/CN=localhost", "-days", "2"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      ...subject,
      "-keyout",
      key,
      "-out",
      certificate,
    ],
    { stdio: "ignore" },
  );
  const { server } = await serveApi(t, {}, { tls: { certificate, key } });
  const { status, hsts } = await new Promise<{ readonly status: number | undefined; readonly hsts: string | undefined }>(
    (resolve, reject) => {
      request(`${server.address}/health`, { rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, hsts: answer.headers["strict-transport-security"] });
      })
        .on("error", reject)
        .end();
    },
  );
  t.is(status, 200);
  t.regex(server.address, /^https:/);
  t.is(hsts, "max-age=31536000");
});
