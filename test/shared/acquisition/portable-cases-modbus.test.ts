import test from "ava";
import { modbusCases } from "./portable-cases-modbus.ts";

test("every portable case has a name of its own and gives the same plain JSON each time", (t) => {
  const cases = modbusCases();
  t.is(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, run } of cases) {
    const result = run();
    t.deepEqual(JSON.parse(JSON.stringify(result)), result, name);
    t.deepEqual(run(), result, name);
  }
});

test("no portable case ends in a programming error", (t) => {
  for (const { name, run } of modbusCases()) t.notRegex(JSON.stringify(run()), /TypeError|RangeError|ReferenceError|SyntaxError/, name);
});
