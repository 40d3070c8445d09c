import test from "ava";
import { XsMachine } from "./xs-machine.ts";
import { memoryBetween, memoryOf } from "./xs-snapshot.ts";

test("a machine answers with the text of what an expression or its promise comes to", async (t) => {
  await using machine = await XsMachine.open();
  t.is((await machine.ask("1 + 1")).text, "2");
  t.is((await machine.ask("Promise.resolve('ü'.repeat(100000))")).text, "ü".repeat(100_000));
  await machine.load("globalThis.kept = 41");
  t.is((await machine.ask("++kept")).text, "42");
  t.deepEqual(await machine.close(), { code: 0, signal: null, output: "" });
});

test("what a machine throws rejects the question, and the machine goes on", async (t) => {
  await using machine = await XsMachine.open();
  await t.throwsAsync(machine.ask("null.x"), { message: /^XS threw TypeError/ });
  await t.throwsAsync(machine.ask("Promise.reject(new RangeError('far'))"), { message: /^XS threw RangeError: far/ });
  await t.throwsAsync(machine.load("throw new Error('no')"), { message: /^XS threw Error/ });
  t.is((await machine.ask("'on'")).text, "on");
});

test("questions that are asked at once are answered in order", async (t) => {
  await using machine = await XsMachine.open();
  const replies = await Promise.all([1, 2, 3].map((number) => machine.ask(String(number))));
  t.deepEqual(
    replies.map(({ text }) => text),
    ["1", "2", "3"],
  );
});

test("a promise that is rejected unheard is seen in the output", async (t) => {
  await using machine = await XsMachine.open();
  await machine.ask("Promise.reject(new Error('unheard')), 0");
  t.regex((await machine.close()).output, /unheard/);
});

test("a runaway loop ends its machine at the compute limit", async (t) => {
  await using machine = await XsMachine.open({ computeLimit: 1_000_000 });
  await t.throwsAsync(machine.ask("(() => { for (;;); })()"), { message: /ended with exit code 17/ });
  t.is((await machine.close()).code, 17);
  await t.throwsAsync(machine.ask("1"), { message: /ended with exit code 17/ });
});

test("recursion without end is a stack overflow that ends the machine", async (t) => {
  await using machine = await XsMachine.open();
  await t.throwsAsync(machine.ask("(function f() { return f() + 1; })()"), { message: /ended with exit code 12/ });
});

test("the same code computes the same in every machine", async (t) => {
  const compute = async (): Promise<number> => {
    await using machine = await XsMachine.open();
    return (await machine.ask("Array.from({ length: 100 }, (_, n) => n * n).join().length")).compute;
  };
  const first = await compute();
  t.true(first > 100);
  t.is(await compute(), first);
});

test("a snapshot counts what is alive and leaves out what is not", async (t) => {
  await using machine = await XsMachine.open();
  await machine.ask("0");
  const before = memoryOf(await machine.snapshot());
  await machine.ask("(() => { for (let n = 0; n < 1000; n++) ({ n }); })()");
  const after = memoryOf(await machine.snapshot());
  await machine.ask("globalThis.kept = new Uint8Array(10_000), 0");
  const kept = memoryOf(await machine.snapshot());
  t.true(memoryBetween(before, after).slots < 10);
  t.true(memoryBetween(after, kept).chunks >= 10_000);
});

test("an engine that is not built fails with the line that builds it", async (t) => {
  await t.throwsAsync(XsMachine.open({ worker: "/nowhere/xsnap-worker" }), {
    message:
      "the XS engine is not built: /nowhere/xsnap-worker is missing. Build it with: node build.mjs test (needs a C compiler and make)",
  });
});
