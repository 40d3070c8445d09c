import test from "ava";
import { i2cCases } from "../shared/acquisition/portable-cases-i2c.ts";
import { modbusCases } from "../shared/acquisition/portable-cases-modbus.ts";
import { plannerCases } from "../shared/acquisition/portable-cases-planner.ts";
import { schedulerCases } from "../shared/acquisition/portable-cases-scheduler.ts";
import { brokerCases } from "../shared/broker/portable-cases-broker.ts";
import { bundleForXs } from "./bundle-for-xs.ts";
import { type PortableCase, runCase } from "./portable-case.ts";
import { XsMachine } from "./xs-machine.ts";

/** A runaway loop ends its machine instead of hanging the test; the dearest case takes a twentieth of this. */
const computeLimit = 100_000_000;

/** Runs each case in Node and in one XS machine and compares the results as canonical text. */
const sameInXs = test.macro({
  async exec(t, file: string, lister: string, cases: readonly PortableCase[]) {
    t.timeout(100_000);
    t.is(new Set(cases.map(({ name }) => name)).size, cases.length, "two cases have one name");
    const script = await bundleForXs(
      `import { ${lister} as list } from "./${file}"; import { runCase } from "./test/xs/portable-case.ts";
       const cases = list(); export const size = cases.length; export const run = (index: number) => runCase(cases, index);`,
      "portable",
    );
    await using machine = await XsMachine.open({ computeLimit });
    await machine.load(script);
    t.is((await machine.ask("portable.size")).text, String(cases.length));
    const differences: { name: string; inNode: string; inXs: string }[] = [];
    for (const [index, { name }] of cases.entries()) {
      // XS first: a case without end ends there at the compute limit, and is not begun in Node.
      const { text: inXs } = await machine.ask(`portable.run(${index})`).catch((cause: unknown) => {
        throw new Error(`the case "${name}" does not come to its end in XS: ${String(cause)}`, { cause });
      });
      const inNode = runCase(cases, index);
      if (inXs !== inNode) differences.push({ name, inNode, inXs });
    }
    t.deepEqual(differences, []);
    t.deepEqual(await machine.close(), { code: 0, signal: null, output: "" });
  },
  title: (stage = "") => `the ${stage} cases have the same results in Node and in XS`,
});

test("CBOR, UTF-8, topic and payload", sameInXs, "test/shared/broker/portable-cases-broker.ts", "brokerCases", brokerCases());
test("Modbus", sameInXs, "test/shared/acquisition/portable-cases-modbus.ts", "modbusCases", modbusCases());
test("read planner", sameInXs, "test/shared/acquisition/portable-cases-planner.ts", "plannerCases", plannerCases());
test("scheduler", sameInXs, "test/shared/acquisition/portable-cases-scheduler.ts", "schedulerCases", schedulerCases());
test("I2C", sameInXs, "test/shared/acquisition/portable-cases-i2c.ts", "i2cCases", i2cCases());
