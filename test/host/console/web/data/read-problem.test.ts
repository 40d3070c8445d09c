import test from "ava";
import { readProblem } from "../../../../../host/console/web/src/data/read-problem.ts";

test("a problem document keeps its code, its remedy and its fields", (t) => {
  const failure = readProblem(
    400,
    {
      code: "EDGE_RESOURCE_INVALID",
      detail: "the thing is wrong",
      remedy: "Mend it.",
      problems: [{ path: "/body/name", message: "m", expected: "e" }],
    },
    null,
  );
  t.is(failure.problemCode, "EDGE_RESOURCE_INVALID");
  t.is(failure.message, "the thing is wrong");
  t.is(failure.remedy, "Mend it.");
  t.deepEqual(failure.problems, [{ path: "/body/name", message: "m", expected: "e" }]);
  t.false(failure.away);
});

test("an answer that is no problem document is told by its status", (t) => {
  const failure = readProblem(429, "busy", "7");
  t.is(failure.problemCode, "HTTP_429");
  t.is(failure.retryAfter, 7000);
});

test("a proxy that finds no gateway counts as no connection", (t) => t.true(readProblem(502, undefined, null).away));
