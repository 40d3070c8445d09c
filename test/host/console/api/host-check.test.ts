import test from "ava";
import { checkHost, checkOrigin, isLoopback } from "../../../../host/console/api/host-check.ts";

test("loopback is what no other machine reaches", (t) => {
  for (const host of ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "::1", "[::1]"]) t.true(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example", "127.0.0", ""])
    t.false(isLoopback(host), host);
});

test("a name that was given the gateway's address by a stranger is refused", (t) => {
  const names = new Set(["edge.plant.example"]);
  for (const host of ["127.0.0.1:8080", "localhost:1", "[::1]:8080", "localhost", "Edge.Plant.Example:8080"])
    t.is(checkHost(host, names), undefined, host);
  for (const host of [undefined, "", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::1].evil.example"])
    t.is(checkHost(host, names)?.code, "EDGE_HTTP_HOST", String(host));
});

test("a page of another origin is refused, no origin and the own one are not", (t) => {
  t.is(checkOrigin(undefined, "localhost:8080"), undefined);
  t.is(checkOrigin("http://localhost:8080", "localhost:8080"), undefined);
  t.is(checkOrigin("https://Edge.example", "edge.example"), undefined);
  for (const origin of ["null", "http://localhost:9090", "http://evil.example", "http://localhost:8080.evil.example", "file://"])
    t.is(checkOrigin(origin, "localhost:8080")?.code, "EDGE_HTTP_ORIGIN", origin);
  t.is(checkOrigin("http://localhost", undefined)?.code, "EDGE_HTTP_ORIGIN");
});
