import test from "ava";
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
    const machine = await XsMachine.open({ computeLimit });
    try {
      await machine.load(script);
      t.is((await machine.ask("portable.size")).text, String(cases.length));
      for (const [index, { name }] of cases.entries()) {
        const inXs = await machine.ask(`portable.run(${index})`).then(
          ({ text }) => text,
          (error: unknown) => `XS: ${error instanceof Error ? error.message : String(error)}`,
        );
        t.is(inXs, runCase(cases, index), name);
      }
    } finally {
      t.deepEqual(await machine.close(), { code: 0, signal: null, output: "" });
    }
  },
  title: (stage = "") => `the ${stage} cases have the same results in Node and in XS`,
});

test("CBOR, UTF-8, topic and payload", sameInXs, "test/shared/broker/portable-cases-broker.ts", "brokerCases", brokerCases());
