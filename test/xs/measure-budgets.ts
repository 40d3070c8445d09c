// Prints what the portable core costs in XS; `node test/xs/measure-budgets.ts --write` makes that the new budgets.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deepScenarios, scenarios } from "./budget-scenarios.ts";
import { bundleForXs } from "./bundle-for-xs.ts";
import { probeStack } from "./stack-probe.ts";
import { XsMachine } from "./xs-machine.ts";
import { memoryBetween, memoryOf, type XsMemory } from "./xs-snapshot.ts";

export const budgetsFile = fileURLToPath(new URL("budgets.json", import.meta.url));

/** What the portable core costs in XS. Each figure is the same on every run and every 64-bit machine. */
export interface Budgets {
  /** Byte codes of one round of each scenario, rounded up. */
  readonly compute: Readonly<Record<string, number>>;
  /** What stays alive after garbage collection. */
  readonly memory: Readonly<Record<string, XsMemory>>;
  /** Slots of the machine's stack. */
  readonly stack: Readonly<Record<string, number>>;
}

const rounds = 100;
const devices = 8;

/** The scenarios as a script for XS, in the global `budget`. */
export function budgetScript(): Promise<string> {
  return bundleForXs('export * from "./test/xs/budget-scenarios.ts"', "budget");
}

/** Measures everything in fresh machines. @throws when a machine prints anything or ends by itself */
export async function measureBudgets(): Promise<Budgets> {
  const script = await budgetScript();
  const stackOf = await probeStack(script);
  const stack: Record<string, number> = {};
  for (const name of [...Object.keys(scenarios), ...Object.keys(deepScenarios)])
    if (name !== "nothing") stack[name] = await stackOf(`budget.run(${JSON.stringify(name)}, 1)`);
  return { compute: await measureCompute(script), memory: await measureMemory(script), stack };
}

async function withMachine<Result>(work: (machine: XsMachine) => Promise<Result>): Promise<Result> {
  await using machine = await XsMachine.open();
  const result = await work(machine);
  const { code, output } = await machine.close();
  if (code !== 0 || output !== "") throw new Error(`XS ended with ${code} and printed: ${output}`);
  return result;
}

function measureCompute(script: string): Promise<Record<string, number>> {
  return withMachine(async (machine) => {
    const { compute: load } = await machine.load(script);
    const cost = async (name: string): Promise<number> => {
      // The first round makes what later ones use again.
      await machine.ask(`budget.run(${JSON.stringify(name)}, 1)`);
      return (await machine.ask(`budget.run(${JSON.stringify(name)}, ${rounds})`)).compute;
    };
    const idle = await cost("nothing");
    const compute: Record<string, number> = { "evaluating the core and these scenarios": load };
    for (const name of Object.keys(scenarios)) if (name !== "nothing") compute[name] = Math.ceil(((await cost(name)) - idle) / rounds);
    return compute;
  });
}

/** Live memory after a garbage collection. Each command leaves one slot and 24 bytes behind in the machine, this one included. */
async function liveAfter(machine: XsMachine, command: string): Promise<XsMemory> {
  await machine.ask(command);
  return memoryOf(await machine.snapshot());
}

function measureMemory(script: string): Promise<Record<string, XsMemory>> {
  return withMachine(async (machine) => {
    const empty = await liveAfter(machine, "0");
    await machine.load(script);
    const loaded = await liveAfter(machine, "0");
    const running = await liveAfter(machine, `budget.advance(${devices}, 10)`);
    return {
      "the core and these scenarios, evaluated": memoryBetween(empty, loaded),
      "eight devices of ten values": memoryBetween(loaded, running),
    };
  });
}

/** What one poll round leaves behind: live memory of two devices after 10,000 periods less that after 1,000. */
export async function measureGrowth(): Promise<XsMemory> {
  const script = await budgetScript();
  return withMachine(async (machine) => {
    await machine.load(script);
    const early = await liveAfter(machine, "budget.advance(2, 1000)");
    const still = await liveAfter(machine, "budget.advance(2, 0)");
    const late = await liveAfter(machine, "budget.advance(2, 9000)");
    // What the command and the snapshot themselves leave is the same with and without periods.
    return memoryBetween(memoryBetween(early, still), memoryBetween(still, late));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = `${JSON.stringify(await measureBudgets(), undefined, 2)}\n`;
  if (process.argv.includes("--write")) await writeFile(budgetsFile, text);
  process.stdout.write(text);
}
