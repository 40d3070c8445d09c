import test from "ava";
import fc from "fast-check";
import { EdgeError } from "../../../../shared/base/edge-error.ts";
import { admin, boardActor, engineer, ResourceBench, reconciler, viewer } from "./open-resources.ts";

const halves = {
  user: ["title", "definition", "desired", "desiredRev"],
  board: ["reported", "traits"],
  reconciler: ["status", "observedRev", "reconcile"],
  nobody: ["thing", "id", "owner"],
} as const;

const actors = [
  { actor: admin, side: "user" },
  { actor: engineer, side: "user" },
  { actor: viewer, side: "nobody" },
  { actor: boardActor("b-1"), side: "board" },
  { actor: boardActor("b-2"), side: "nobody" },
  { actor: reconciler, side: "reconciler" },
] as const;

const orNot = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 6 });
/** Mostly what somebody could mean, of one side or several. */
const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  title: orNot(fc.string({ maxLength: 8 })),
  desired: orNot(fc.record({ value: fc.oneof({ weight: 5, arbitrary: fc.boolean() }, fc.integer()) })),
  reported: orNot(fc.record({ value: fc.boolean() })),
  traits: fc.constantFrom({ unit: "A" }, { unit: null }, { description: "of the pump" }),
  status: orNot(fc.record({ text: fc.string({ maxLength: 5 }), indicator: fc.constantFrom("idle", "error"), at: fc.nat() })),
  observedRev: fc.nat(),
  reconcile: orNot(fc.record({ attempts: fc.nat() })),
  id: fc.constant("run"),
  owner: fc.constant("user"),
  desiredRev: fc.nat(),
  definition: fc.constant("blueprint:none@1"),
  wings: fc.constant(2),
};
const patchOf = (among: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...among), { minLength: 1, maxLength: 2 }).chain((names) => {
    const values = fc.tuple(...names.map((name) => fields[name] ?? fc.constant(null)));
    return values.map((given) => Object.fromEntries(names.map((name, at) => [name, given[at]])));
  });
const anything = patchOf(Object.keys(fields));
const own = { user: patchOf(["title", "desired"]), board: patchOf(halves.board), reconciler: patchOf(halves.reconciler), nobody: anything };
const tries = fc
  .constantFrom(...actors)
  .chain(({ actor, side }) => fc.oneof(anything, own[side]).map((patch) => ({ actor, side, given: patch })));

// EIM-01
test("whoever patches whatever, only his own half of a feature changes, and what is refused changes nothing", async (t) => {
  const bench = await ResourceBench.open(t);
  const { resources, store } = bench;
  await bench.bring("b-1", "pump", { run: { type: "boolean", writable: true } });
  let applied = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(tries, async ({ actor, side, given }) => {
      const patch = JSON.parse(JSON.stringify(given));
      const before = JSON.parse(JSON.stringify(await store.get("feature", "pump/run")));
      try {
        await resources.patchFeature(actor, "pump", "run", patch, {});
        applied++;
      } catch (error) {
        if (!(error instanceof EdgeError)) throw error;
        refused++;
        t.deepEqual(JSON.parse(JSON.stringify(await store.get("feature", "pump/run"))), before);
        return;
      }
      const after = JSON.parse(JSON.stringify(await store.get("feature", "pump/run")));
      for (const [owner, theirs] of Object.entries(halves))
        if (owner !== side) for (const field of theirs) t.deepEqual(after[field], before[field], `${actor.id} changed ${field}`);
    }),
    { numRuns: 400 },
  );
  t.true(applied > 20 && refused > 20, `${applied} applied, ${refused} refused`);
});
