import { readFile } from "node:fs/promises";
import test from "ava";
import { type Budgets, budgetsFile, measureBudgets, measureGrowth } from "./measure-budgets.ts";

/** What a leaf gives its machine's stack, less what drivers and callbacks take. */
const stackLimit = 300;

const budgets: Budgets = JSON.parse(await readFile(budgetsFile, "utf8"));
const measuring = measureBudgets();
const howTo = "make it cheaper, or accept it with: node test/xs/measure-budgets.ts --write";

test.before("measure", (t) => {
  t.timeout(100_000);
  return measuring.then(() => t.pass());
});

test("every scenario has its budgets, and every budget its scenario", async (t) => {
  const measured = await measuring;
  for (const kind of ["compute", "memory", "stack"] as const) t.deepEqual(Object.keys(budgets[kind]), Object.keys(measured[kind]), kind);
});

test("no scenario computes more than its budget in XS", async (t) => {
  const { compute } = await measuring;
  for (const [name, figure] of Object.entries(compute)) {
    const budget = budgets.compute[name] ?? 0;
    t.true(figure <= budget, `${name}: ${figure} byte codes, budget ${budget}: ${howTo}`);
    if (figure < budget * 0.95) t.log(`${name} is down to ${figure} from ${budget} byte codes: write the budgets anew`);
  }
});

test("the portable core and eight devices of ten values keep no more alive in XS than their budget", async (t) => {
  const { memory } = await measuring;
  for (const [name, figure] of Object.entries(memory)) {
    const budget = budgets.memory[name] ?? { slots: 0, chunks: 0 };
    t.true(
      figure.slots <= budget.slots && figure.chunks <= budget.chunks,
      `${name}: ${figure.slots} slots and ${figure.chunks} bytes, budget ${budget.slots} and ${budget.chunks}: ${howTo}`,
    );
  }
});

test("nothing is left behind between 1,000 and 10,000 periods of polling", async (t) => {
  t.timeout(100_000);
  t.deepEqual(await measureGrowth(), { slots: 0, chunks: 0 });
});

test("no scenario takes more stack in XS than its budget, and none more than 300 slots", async (t) => {
  const { stack } = await measuring;
  for (const [name, figure] of Object.entries(stack)) {
    const budget = budgets.stack[name] ?? 0;
    t.true(figure <= budget, `${name}: ${figure} slots of stack, budget ${budget}: ${howTo}`);
    t.true(figure <= stackLimit, `${name}: ${figure} slots of stack, limit ${stackLimit}`);
  }
});
