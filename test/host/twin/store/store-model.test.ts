import { randomUUID } from "node:crypto";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { bytes } from "../../../../shared/base/units.ts";
import type { Change, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { putThing } from "../../../harness/gateway-store-drafts.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const ids = ["a", "b", "b.1", "c"];
const sites = ["east", "west"];
const actor = "user:anna";

/** One step: of a change, on one thing. */
interface Step {
  readonly id: string;
  /** `undefined` removes it. */
  readonly site: string | undefined;
  readonly ifRev: number | undefined;
}

const step = fc.record({
  id: fc.constantFrom(...ids),
  site: fc.option(fc.constantFrom(...sites), { nil: undefined, freq: 4 }),
  ifRev: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
});
const change = fc.uniqueArray(step, { minLength: 1, maxLength: 3, selector: ({ id }) => id });

function changeOf(steps: readonly Step[]): Change {
  return {
    actor,
    puts: steps.flatMap(({ id, site, ifRev }) => (site === undefined ? [] : [putThing(id, { labels: { site } }, ifRev)])),
    deletes: steps.flatMap(({ id, site, ifRev }) =>
      site !== undefined ? [] : [{ kind: "thing", id, ...(ifRev === undefined ? {} : { ifRev }) } as const],
    ),
  };
}

/** What a store is to do, one change after the other. */
class Model {
  things = new Map<string, { readonly site: string; readonly rev: number }>();
  events: string[] = [];

  /** @returns whether the change is taken */
  apply(steps: readonly Step[]): boolean {
    if (steps.some(({ id, ifRev }) => ifRev !== undefined && ifRev !== (this.things.get(id)?.rev ?? 0))) return false;
    for (const { id, site } of steps.filter((one) => one.site !== undefined)) {
      const before = this.things.get(id);
      if (site === undefined || before?.site === site) continue;
      this.things.set(id, { site, rev: (before?.rev ?? 0) + 1 });
      this.events.push(`thing.${before === undefined ? "created" : "updated"} ${id}`);
    }
    for (const { id } of steps.filter((one) => one.site === undefined)) if (this.things.delete(id)) this.events.push(`thing.deleted ${id}`);
    return true;
  }
}

/** Checks a store against the model: groups of changes that are made at once, with reads between them. */
async function checkGroups(t: ExecutionContext, store: GatewayStore, groups: readonly (readonly Step[])[][]): Promise<void> {
  const model = new Model();
  const revisions = (): readonly (number | undefined)[] => ids.map((id) => model.things.get(id)?.rev);
  for (const group of groups) {
    const reads = [store.list("thing", { limit: 100 }), store.getMany("thing", ids), ...ids.map((id) => store.get("thing", id))];
    const results = await Promise.allSettled(group.map((steps) => store.commit(changeOf(steps))));
    t.deepEqual(
      results.map(({ status }) => status === "fulfilled"),
      group.map((steps) => model.apply(steps)),
    );
    t.is(store.count("thing"), model.things.size);
    await Promise.all(reads);
    // What was read before the changes must not be taken for what is there now.
    t.deepEqual(
      (await Promise.all(ids.map((id) => store.get("thing", id)))).map((thing) => thing?.rev),
      revisions(),
    );
  }
  const listed = (await store.list("thing", { limit: 100 })).map(({ id, labels, rev }) => [id, { site: labels["site"], rev }]);
  t.deepEqual(
    listed,
    [...model.things].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  t.deepEqual(
    (await store.getMany("thing", ids)).map((thing) => thing?.rev),
    revisions(),
  );
  for (const site of sites) {
    t.deepEqual(
      await store.lookup("label", `site=${site}`, { limit: 100 }),
      ids.filter((id) => model.things.get(id)?.site === site),
    );
  }
  const { events } = await store.events(0, 1000);
  t.deepEqual(
    events.map(({ seq, type, id }) => `${seq} ${type} ${id}`),
    model.events.map((event, index) => `${index + 1} ${event}`),
  );
}

const groups = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
/** Hardly any document fits into memory, or all do. */
const cache = fc.constantFrom(bytes(0), bytes(1200), bytes(1 << 20));

test("changes that are made side by side come to what they would come to one after the other", async (t) => {
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(groups, cache, async (some, room) => {
        await using store = await MemoryGatewayStore.open({ clock: new FakeClock(), log: new FakeLog(), cache: room });
        await checkGroups(t, store, some);
      }),
      { numRuns: 200 },
    ),
  );
});

test("so they do on disk", async (t) => {
  using scratch = new ScratchDirectory();
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(groups, cache, async (some, room) => {
        const directory = join(scratch.path, randomUUID());
        await using store = await LevelGatewayStore.open({ directory, clock: new FakeClock(), log: new FakeLog(), cache: room });
        await checkGroups(t, store, some);
      }),
      { numRuns: 25 },
    ),
  );
});
