import test from "ava";
import { problemAt } from "../../../../../host/console/web/src/logic/problem-at.ts";

const problems = [
  { path: "/body/name", message: "is too long", expected: "at most 128 characters" },
  { path: "/body/labels/site", message: "is no text", expected: "" },
];

test("a problem is shown at its field, wherever in the request it was found", (t) => {
  t.is(problemAt(problems, "/name"), "is too long; expected at most 128 characters");
  t.is(problemAt(problems, "/labels"), "is no text");
  t.is(problemAt(problems, "/na"), undefined);
  t.is(problemAt(undefined, "/name"), undefined);
});
