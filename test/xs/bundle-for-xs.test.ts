import test from "ava";
import { bundleForXs } from "./bundle-for-xs.ts";
import { XsMachine } from "./xs-machine.ts";

for (const use of [
  "setTimeout(() => {}, 1)",
  "globalThis.setTimeout",
  "new TextEncoder()",
  "Buffer.from('')",
  "typeof process",
  "eval('1')",
  "new Function('')",
  "Object.groupBy([], String)",
  "globalThis.Array.fromAsync",
  "structuredClone({})",
  "console.log(1)",
]) {
  test(`a bundle that reaches for ${use} is refused`, async (t) => {
    await t.throwsAsync(bundleForXs(`export const used = () => ${use};`, "probe"), { message: /^probe reaches for what XS has not: / });
  });
}

test("locals, members and texts of the same name are no globals", async (t) => {
  const script = await bundleForXs(
    'export const used = (process: { console: string }) => { const Buffer = process.console; return "setTimeout " + Buffer + " eval"; };',
    "probe",
  );
  await using machine = await XsMachine.open();
  await machine.load(script);
  t.is((await machine.ask("probe.used({ console: 1 })")).text, "setTimeout 1 eval");
});

test("an import of something outside the portable core is refused", async (t) => {
  await t.throwsAsync(bundleForXs('export { readFile } from "node:fs";', "probe"), { message: /node:fs is no part of the portable core/ });
  await t.throwsAsync(bundleForXs('export { Type } from "typebox";', "probe"), { message: /typebox is no part of the portable core/ });
});
