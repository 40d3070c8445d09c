import test from "ava";
import { LockedOut } from "../../../../host/console/access/access-errors.ts";
import { MethodRefused, RateExceeded, RequestInvalid } from "../../../../host/console/api/api-errors.ts";
import { problemHeaders, problemOf } from "../../../../host/console/api/problem-of.ts";
import { problemStatus } from "../../../../host/console/api/problem-status.ts";
import { checkSchema } from "../../../../shared/base/check-schema.ts";
import { millis } from "../../../../shared/base/units.ts";
import { ProblemDocument } from "../../../../shared/console/api/problem-api.ts";
import { errorCatalogue } from "../../../../shared/console/error-catalogue.ts";
import { NotFound } from "../../../../shared/twin/documents/document-errors.ts";
import { GatewayStoreFailed } from "../../../../shared/twin/store-errors.ts";

test("an error of the asker is told with code, status and words", (t) => {
  const problem = problemOf(new NotFound("thing", "pump"), "req-1");
  t.like(problem, {
    type: "urn:penstock:error:EDGE_NOT_FOUND",
    status: 404,
    code: "EDGE_NOT_FOUND",
    detail: 'there is no thing "pump"',
    instance: "req-1",
  });
  t.is(problem.problems, undefined);
});

test("problems of a request are told one by one", (t) => {
  const problems = [{ path: "/body/id", message: "missing", expected: "text" }];
  const problem = problemOf(new RequestInvalid(problems), "req-1");
  t.deepEqual(problem.problems, problems);
  t.deepEqual(checkSchema(ProblemDocument, JSON.parse(JSON.stringify(problem))), []);
});

test("nothing of what nobody foresaw is told, nor of files", (t) => {
  const secret = "/var/lib/penstock/secret";
  for (const error of [new Error(secret), secret, { secret }, undefined, null, new GatewayStoreFailed(secret, new Error(secret))]) {
    const text = JSON.stringify(problemOf(error, "req-1"));
    t.false(text.includes("secret"), text);
  }
  t.like(problemOf(new TypeError("x"), "req-1"), { status: 500, code: "EDGE_INTERNAL" });
  t.like(problemOf(new GatewayStoreFailed("x", undefined), "req-1"), { status: 503, code: "EDGE_STORE_FAILED" });
});

test("headers say how long to wait, what is served and how to log in", (t) => {
  t.is(problemHeaders(new RateExceeded(millis(1200)), 429)["retry-after"], "2");
  t.is(problemHeaders(new RateExceeded(millis(3)), 429)["retry-after"], "1");
  t.is(problemHeaders(new LockedOut(millis(60_000)), 429)["retry-after"], "60");
  t.is(problemHeaders(new MethodRefused("PUT", "GET, POST"), 405)["allow"], "GET, POST");
  t.is(problemHeaders(new Error("x"), 401)["www-authenticate"], 'Bearer realm="penstock"');
  t.deepEqual(problemHeaders(new Error("x"), 500), { "content-type": "application/problem+json" });
});

test("every code with a status is in the catalogue", (t) => {
  const known = new Set(Object.keys(errorCatalogue));
  t.deepEqual(
    Object.keys(problemStatus).filter((code) => !known.has(code)),
    [],
  );
});
