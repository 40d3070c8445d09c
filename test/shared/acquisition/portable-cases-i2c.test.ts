import test from "ava";
import { runCase } from "../../xs/portable-case.ts";
import { i2cCases } from "./portable-cases-i2c.ts";

test("every portable I2C case has a name of its own and gives the same each time", (t) => {
  const cases = i2cCases();
  t.is(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const [index, { name }] of cases.entries()) t.is(runCase(cases, index), runCase(i2cCases(), index), name);
});
