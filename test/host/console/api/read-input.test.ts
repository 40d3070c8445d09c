import test from "ava";
import { RequestInvalid } from "../../../../host/console/api/api-errors.ts";
import { readIfMatch, readInput } from "../../../../host/console/api/read-input.ts";
import type { Problem } from "../../../../shared/base/problem.ts";
import { apiRoutes } from "../../../../shared/console/api/api-routes.ts";

const problemsOf = (work: () => unknown): readonly Problem[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof RequestInvalid) return error.problems;
    throw error;
  }
  return [];
};

test("texts of a query become what the schema wants", (t) => {
  const { query } = readInput(apiRoutes.listThings, { params: {}, query: { limit: "20", filter: "true" }, body: undefined });
  t.deepEqual({ ...query }, { limit: 20, filter: "true" });
  const live = readInput(apiRoutes.streamLive, { params: {}, query: { values: "*", links: "true", events: "false" }, body: undefined });
  t.deepEqual({ ...live.query }, { values: "*", links: true, events: false });
});

test("what is no number stays a text and is named", (t) => {
  for (const limit of ["", " 5", "0x10", "1e3", "05", "NaN", "5 "]) {
    const problems = problemsOf(() => readInput(apiRoutes.listThings, { params: {}, query: { limit }, body: undefined }));
    t.deepEqual(
      problems.map(({ path, expected }) => [path, expected]),
      [["/query/limit", "a whole number from 1 to 500"]],
      limit,
    );
  }
});

test("a parameter that is given twice is refused", (t) => {
  const problems = problemsOf(() => readInput(apiRoutes.listThings, { params: {}, query: { limit: ["1", "2"] }, body: undefined }));
  t.is(problems[0]?.path, "/query/limit");
});

test("problems of path, query and body are told together, each with its place", (t) => {
  const problems = problemsOf(() =>
    readInput(apiRoutes.patchFeature, { params: { thing: "a b", feature: "ok" }, query: { what: "1" }, body: {} }),
  );
  t.deepEqual(
    problems.map(({ path }) => path),
    ["/path/thing", "/query/what", "/body"],
  );
});

test("members that no schema names are refused in bodies of intents", (t) => {
  const problems = problemsOf(() => readInput(apiRoutes.createThing, { params: {}, query: {}, body: { id: "pump", lables: {} } }));
  t.deepEqual(problems, [{ path: "/body/lables", message: "unknown property", expected: problems[0]?.expected ?? "" }]);
  t.regex(problems[0]?.expected ?? "", /did you mean labels\?/);
});

test("a body that is missing is told, but where it may be", (t) => {
  t.deepEqual(
    problemsOf(() => readInput(apiRoutes.createThing, { params: {}, query: {}, body: undefined })).map(({ path, message }) => [
      path,
      message,
    ]),
    [["/body", "missing"]],
  );
  t.is(readInput(apiRoutes.adoptBoard, { params: { id: "b" }, query: {}, body: undefined }).body, undefined);
});

test("If-Match names a revision, or any", (t) => {
  t.deepEqual(readIfMatch(undefined), {});
  t.deepEqual(readIfMatch("*"), {});
  t.deepEqual(readIfMatch('"rev-7"'), { ifRev: 7 });
  for (const header of ["7", "rev-7", 'W/"rev-7"', '"rev-7", "rev-8"', '"rev-"', '"rev-1e9"', ""])
    t.is(problemsOf(() => readIfMatch(header))[0]?.path, "/headers/if-match", header);
});
