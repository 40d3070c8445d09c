import test from "ava";
import { schedulerCases } from "./portable-cases-scheduler.ts";

test("every portable scheduler case has a name of its own and gives the same plain JSON each time", (t) => {
  const cases = schedulerCases();
  t.is(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, run } of cases) {
    const result = run();
    t.deepEqual(JSON.parse(JSON.stringify(result)), result, name);
    t.deepEqual(run(), result, name);
  }
});
