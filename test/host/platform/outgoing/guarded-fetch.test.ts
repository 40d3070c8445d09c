import type { LookupAddress } from "node:dns";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ExecutionContext } from "ava";
import test from "ava";
import { GuardedFetch, type GuardedFetchParts } from "../../../../host/platform/outgoing/guarded-fetch.ts";
import { guardedLookup, type Resolve } from "../../../../host/platform/outgoing/guarded-lookup.ts";
import { OutgoingUrl } from "../../../../host/platform/outgoing/outgoing-url.ts";
import { bytes, millis } from "../../../../shared/base/units.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";

const never = new AbortController().signal;
const get = { method: "GET" } as const;

interface Site {
  readonly port: number;
  readonly seen: string[];
}

async function serve(t: ExecutionContext, answer: (request: IncomingMessage, response: ServerResponse, site: Site) => void): Promise<Site> {
  const server = createServer((request, response) => {
    site.seen.push(`${request.method} ${request.url}`);
    answer(request, response, site);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const site: Site = { port: typeof address === "object" && address !== null ? address.port : 0, seen: [] };
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return site;
}

/** Allowed by address, so that only what redirects and names lead to is in question. */
function fetcher(allow: readonly string[], more: Partial<GuardedFetchParts> = {}): GuardedFetch {
  return new GuardedFetch({ urls: new OutgoingUrl({ schemes: ["http", "https"], allow }), clock: new FakeClock(), ...more });
}

const resolving =
  (...answers: readonly (readonly string[])[]): Resolve =>
  (_name, done) => {
    const [now = [], ...later] = answers;
    if (later.length > 0) answers = later;
    done(
      null,
      now.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };

test("an allowed place is asked and answers", async (t) => {
  const site = await serve(t, (request, response) => {
    response.setHeader("x-kind", request.headers["x-kind"] ?? "");
    request.pipe(response);
  });
  const answer = await fetcher(["127.0.0.1"]).fetch(
    `http://127.0.0.1:${site.port}/hook?a=1`,
    { method: "POST", headers: { "x-kind": "alarm" }, body: Buffer.from("level high") },
    never,
  );
  t.is(answer.status, 200);
  t.is(answer.headers["x-kind"], "alarm");
  t.is(Buffer.from(answer.body).toString(), "level high");
  t.deepEqual(site.seen, ["POST /hook?a=1"]);
});

test("a name that leads to the gateway itself is refused before anything is sent", async (t) => {
  const site = await serve(t, (_request, response) => response.end("secret"));
  for (const found of [["127.0.0.1"], ["::ffff:127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"], []]) {
    const asked = fetcher([], { resolve: resolving(found) }).fetch(`http://shop.example:${site.port}/`, get, never);
    await t.throwsAsync(asked, { code: "EDGE_OUTGOING_REFUSED" });
  }
  t.deepEqual(site.seen, []);
});

test("a name that leads elsewhere at the second look is refused then: every connection goes to what was checked for it", async (t) => {
  const site = await serve(t, (_request, response) => response.end("secret"));
  const lookup = guardedLookup(new OutgoingUrl(), resolving(["93.184.216.34"], ["127.0.0.1"]));
  const look = (): Promise<string> =>
    new Promise((done) => lookup("shop.example", {}, (error, address) => done(error === null ? String(address) : String(error))));
  t.is(await look(), "93.184.216.34");
  t.regex(await look(), /gateway itself/);
  // Allowed by range at the first hop; the redirect to the same name finds the other address.
  const moved = await serve(t, (_request, response) => response.writeHead(302, { location: `http://shop.example:${site.port}/` }).end());
  const rebinding = fetcher(["127.0.0.1"], { resolve: resolving(["127.0.0.1"], ["127.0.0.2"]) });
  await t.throwsAsync(rebinding.fetch(`http://shop.example:${moved.port}/`, get, never), { code: "EDGE_OUTGOING_REFUSED" });
  t.deepEqual(site.seen, []);
});

test("a name that is allowed may lead to a private address", async (t) => {
  const site = await serve(t, (_request, response) => response.end("ok"));
  const asked = fetcher(["historian.plant"], { resolve: resolving(["127.0.0.1"]) });
  t.is((await asked.fetch(`http://historian.plant:${site.port}/`, get, never)).status, 200);
  await t.throwsAsync(asked.fetch(`http://other.plant:${site.port}/`, get, never), { code: "EDGE_OUTGOING_REFUSED" });
});

for (const location of [
  "http://127.0.0.2/",
  "http://169.254.169.254/latest",
  "http://2130706434/",
  "file:///etc/passwd",
  "http://ann:secret@127.0.0.1/",
  "//localhost/",
]) {
  test(`a redirect to ${location} is not followed`, async (t) => {
    const site = await serve(t, (_request, response) => response.writeHead(302, { location }).end());
    await t.throwsAsync(fetcher(["127.0.0.1"]).fetch(`http://127.0.0.1:${site.port}/`, get, never), { code: "EDGE_OUTGOING_REFUSED" });
    t.is(site.seen.length, 1);
  });
}

test("redirects are followed, but not for ever", async (t) => {
  const site = await serve(t, (request, response, { seen }) => {
    if (seen.length <= 2) response.writeHead(307, { location: `${request.url}x` }).end();
    else request.pipe(response);
  });
  const answer = await fetcher(["127.0.0.1"]).fetch(`http://127.0.0.1:${site.port}/`, { method: "POST", body: Buffer.from("once") }, never);
  t.is(Buffer.from(answer.body).toString(), "once");
  t.is(answer.url, `http://127.0.0.1:${site.port}/xx`);
  const circle = await serve(t, (_request, response) => response.writeHead(302, { location: "/" }).end());
  await t.throwsAsync(fetcher(["127.0.0.1"]).fetch(`http://127.0.0.1:${circle.port}/`, get, never), { code: "EDGE_OUTGOING_REFUSED" });
  t.is(circle.seen.length, 4);
});

test("credentials do not follow a redirect to another origin, and a body does not follow a 303", async (t) => {
  const headers: unknown[] = [];
  const there = await serve(t, (request, response) => {
    headers.push(request.headers.authorization, request.headers["x-kind"], request.method, request.headers["content-type"]);
    response.end();
  });
  const here = await serve(t, (_request, response) => response.writeHead(303, { location: `http://127.0.0.1:${there.port}/` }).end());
  await fetcher(["127.0.0.1"]).fetch(
    `http://127.0.0.1:${here.port}/`,
    { method: "POST", headers: { Authorization: "Bearer x", "x-kind": "alarm", "content-type": "text/plain" }, body: Buffer.from("b") },
    never,
  );
  t.deepEqual(headers, [undefined, "alarm", "GET", undefined]);
});

test("an answer that is too large is cut off", async (t) => {
  const site = await serve(t, (_request, response) => {
    const more = (): void => void response.write(Buffer.alloc(65_536), (error) => (error == null ? more() : undefined));
    more();
  });
  const asked = fetcher(["127.0.0.1"], { mostBody: bytes(200_000) }).fetch(`http://127.0.0.1:${site.port}/`, get, never);
  await t.throwsAsync(asked, { code: "EDGE_OUTGOING_FAILED", message: /larger than 200000/ });
});

test("an answer that does not end is given up, and so is one that nobody waits for any more", async (t) => {
  const clock = new FakeClock();
  let asked = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const site = await serve(t, (_request, response) => {
    response.write("a little");
    asked();
  });
  const one = fetcher(["127.0.0.1"], { clock, patience: millis(5000) });
  const slow = one.fetch(`http://127.0.0.1:${site.port}/`, get, never);
  await arrived;
  await clock.advance(millis(5000));
  await t.throwsAsync(slow, { code: "EDGE_OUTGOING_FAILED", message: /in time/ });
  const stop = new AbortController();
  const left = one.fetch(`http://127.0.0.1:${site.port}/`, get, stop.signal);
  await settle();
  stop.abort();
  await t.throwsAsync(left, { code: "EDGE_STOPPED" });
  t.is(clock.armed, 0);
});

test("a place where nobody listens is told as such", async (t) => {
  const site = await serve(t, (_request, response) => response.destroy());
  await t.throwsAsync(fetcher(["127.0.0.1"]).fetch(`http://127.0.0.1:${site.port}/`, get, never), { code: "EDGE_OUTGOING_FAILED" });
});
