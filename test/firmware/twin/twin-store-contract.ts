import type { TestFn } from "ava";
import fc from "fast-check";
import type { TwinStoreOptions } from "../../../firmware/twin/twin-store-options.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import type { FeatureStatus } from "../../../shared/twin/feature-twin.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { TwinStoreClosed } from "../../../shared/twin/twin-errors.ts";
import { sampleOf } from "./sample-of.ts";
import { metric, type StoreBench, type TwinStoreCase, withStore } from "./store-bench.ts";
import { twinStoreLimitsContract } from "./twin-store-limits-contract.ts";

const idle: FeatureStatus = { text: "live", indicator: "idle", at: instant(5) };

/** What every twin store does, whatever it keeps its twins on. */
export function twinStoreContract(test: TestFn, subject: TwinStoreCase): void {
  const using = (options: TwinStoreOptions, run: (bench: StoreBench) => Promise<void>): Promise<void> => withStore(subject, options, run);

  twinStoreLimitsContract(test, subject);

  test("a patch is merged, counted and given back once it is on disk", (t) =>
    using({}, async ({ store, commits }) => {
      const first = await store.patchDesired("pump-1/speed", { value: 5, ramp: { up: 1, down: 2 } });
      t.deepEqual(first, {
        thing: "pump-1",
        feature: "speed",
        rev: 1,
        desiredRev: 1,
        observedRev: 0,
        desired: { value: 5, ramp: { up: 1, down: 2 } },
      });
      const second = await store.patchDesired("pump-1/speed", { value: 6, ramp: { down: null } });
      t.deepEqual(second, { ...first, rev: 2, desiredRev: 2, desired: { value: 6, ramp: { up: 1 } } });
      t.deepEqual(store.get("pump-1/speed"), second);
      t.deepEqual(commits, [
        [{ twin: first, desired: true, reported: false, status: false }],
        [{ twin: second, desired: true, reported: false, status: false }],
      ]);
    }));

  test("the same intent once more is a new revision, since somebody asked again", (t) =>
    using({}, async ({ store }) => {
      await store.patchDesired("pump-1/speed", { value: 5 });
      t.like(await store.patchDesired("pump-1/speed", { value: 5 }), { rev: 2, desiredRev: 2, desired: { value: 5 } });
    }));

  test("null removes desired and keeps the rest", (t) =>
    using({}, async ({ store }) => {
      await store.patchDesired("pump-1/speed", { value: 5 });
      await store.putStatus("pump-1/speed", idle);
      const twin = await store.patchDesired("pump-1/speed", null);
      t.deepEqual(twin, { thing: "pump-1", feature: "speed", rev: 3, desiredRev: 3, observedRev: 0, status: idle });
    }));

  test("a status moves rev, not desiredRev, and keeps observedRev unless told", (t) =>
    using({}, async ({ store, commits }) => {
      await store.patchDesired("pump-1/speed", { value: 5 });
      t.like(await store.putStatus("pump-1/speed", idle, 1), { rev: 2, desiredRev: 1, observedRev: 1, status: idle });
      const failed: FeatureStatus = { text: "no answer", indicator: "error", at: instant(6) };
      t.like(await store.putStatus("pump-1/speed", failed), { rev: 3, desiredRev: 1, observedRev: 1, status: failed });
      t.like(commits[2]?.[0], { desired: false, reported: false, status: true });
    }));

  test("what is not committed yet is seen at once", (t) =>
    using({}, async ({ store, commits }) => {
      const pending = store.patchDesired("pump-1/speed", { value: 5 });
      store.report(sampleOf("pump-1/level", 2));
      t.like(store.get("pump-1/speed"), { rev: 1, desired: { value: 5 } });
      t.like(store.get("pump-1/level"), { rev: 1, reported: { value: 2, quality: "good", source: 1000, received: 1001 } });
      t.deepEqual(
        [...store.list()].map((twin) => twin.feature),
        ["level", "speed"],
      );
      t.deepEqual(commits, []);
      await pending;
    }));

  test("patches of one turn are one commit, and those of one feature one revision", (t) =>
    using({}, async ({ store, commits }) => {
      const twins = await Promise.all([
        store.patchDesired("pump-1/speed", { a: 1 }),
        store.patchDesired("pump-2/speed", { a: 1 }),
        store.patchDesired("pump-1/speed", { b: 2 }),
      ]);
      t.is(commits.length, 1);
      t.like(twins[0], { rev: 1, desired: { a: 1, b: 2 } });
      t.is(twins[0], twins[2]);
      t.deepEqual(
        commits[0]?.map(({ twin }) => twin.thing),
        ["pump-1", "pump-2"],
      );
    }));

  test("patches wait for the commit delay so that others can join", (t) =>
    using({ commitDelay: millis(2) }, async ({ store, clock, commits }) => {
      const first = store.patchDesired("pump-1/speed", { a: 1 });
      await clock.advance(millis(1));
      t.is(commits.length, 0);
      const second = store.patchDesired("pump-2/speed", { a: 1 });
      await clock.advance(millis(1));
      await Promise.all([first, second]);
      t.is(commits.length, 1);
    }));

  test("samples of an interval are one commit with the newest value and one revision each", (t) =>
    using({ commitInterval: millis(1000) }, async ({ store, clock, commits }) => {
      for (let value = 1; value <= 50; value++) store.report(sampleOf("pump-1/level", value, value));
      store.report(sampleOf("pump-1/flow", 7));
      await clock.advance(millis(999));
      t.is(commits.length, 0);
      await clock.advance(millis(1));
      await store.flush();
      t.is(commits.length, 1);
      t.like(commits[0]?.[0], { twin: { rev: 1, reported: { value: 50, source: 50 } }, desired: false, reported: true, status: false });
      store.report(sampleOf("pump-1/level", 51, 51));
      await store.flush();
      t.is(store.get("pump-1/level")?.rev, 2);
      t.is(store.get("pump-1/flow")?.rev, 1);
    }));

  test("a patch does not drag reported values of other features along before their time", (t) =>
    using({}, async ({ store, commits }) => {
      store.report(sampleOf("pump-1/level", 1));
      store.report(sampleOf("pump-1/speed", 1));
      await store.patchDesired("pump-1/speed", { value: 5 });
      t.deepEqual(
        commits.map((changes) => changes.map(({ twin }) => twin.feature)),
        [["speed"]],
      );
      t.like(commits[0]?.[0], { desired: true, reported: true });
    }));

  test("a sample of which only the times are new is seen, and written with the slow refresh", (t) =>
    using({ refreshInterval: millis(60_000) }, async ({ store, clock, commits }) => {
      store.report(sampleOf("pump-1/level", 5, 10));
      await store.flush();
      for (let at = 20; at < 50; at += 10) store.report(sampleOf("pump-1/level", 5, at));
      t.like(store.get("pump-1/level"), { rev: 1, reported: { source: 40 } });
      await clock.advance(millis(30_000));
      t.is(commits.length, 1);
      await clock.advance(millis(30_000));
      await store.flush();
      t.is(commits.length, 2);
      t.like(commits[1]?.[0], { twin: { rev: 2, reported: { source: 40 } }, reported: false });
    }));

  test("another quality of the same value is news", (t) =>
    using({}, async ({ store, commits }) => {
      store.report(sampleOf("pump-1/level", 5));
      await store.flush();
      store.report(sampleOf("pump-1/level", 5, 2000, "stale"));
      await store.flush();
      t.like(commits[1]?.[0], { twin: { rev: 2, reported: { value: 5, quality: "stale" } }, reported: true });
    }));

  test("arrays and NaN that stay are no news, and big integers keep their digits", (t) =>
    using({}, async ({ store }) => {
      for (const at of [1, 2]) {
        store.report(sampleOf("pump-1/list", [1, 2, 3], at));
        store.report(sampleOf("pump-1/nan", Number.NaN, at));
        store.report(sampleOf("pump-1/energy", 18_446_744_073_709_551_615n, at));
      }
      t.deepEqual(
        [...store.list()].map(({ rev }) => rev),
        [1, 1, 1],
      );
      t.is(store.get("pump-1/energy")?.reported?.["value"], "18446744073709551615");
    }));

  test("a removed feature is gone at once, its listeners hear of an empty one, and it may come back", (t) =>
    using({}, async ({ store, commits }) => {
      await store.patchDesired("pump-1/speed", { value: 5 });
      store.report(sampleOf("pump-1/speed", 4));
      const removed = store.remove("pump-1/speed");
      t.is(store.get("pump-1/speed"), undefined);
      t.deepEqual([...store.list("pump-1")], []);
      await removed;
      t.deepEqual(commits.at(-1), [
        {
          twin: { thing: "pump-1", feature: "speed", rev: 2, desiredRev: 1, observedRev: 0 },
          desired: true,
          reported: true,
          status: false,
        },
      ]);
      t.like(await store.patchDesired("pump-1/speed", { value: 6 }), { desired: { value: 6 }, reported: undefined });
      await store.remove("pump-9/nothing");
    }));

  test("features are listed in key order, all or those of one thing", (t) =>
    using({}, async ({ store }) => {
      for (const key of ["b/x", "a-1/x", "a/z", "a/y"] as const) store.report(sampleOf(key, 1));
      const keys = (thing?: string): readonly string[] => [...store.list(thing)].map((twin) => `${twin.thing}/${twin.feature}`);
      t.deepEqual(keys(), ["a-1/x", "a/y", "a/z", "b/x"]);
      t.deepEqual(keys("a"), ["a/y", "a/z"]);
      t.deepEqual(keys("c"), []);
      const seen: string[] = [];
      for (const { thing, feature } of store.list()) {
        seen.push(feature);
        if (feature === "y") store.report(sampleOf("a/zz", 1));
        if (feature === "x" && thing === "a-1") void store.remove("b/x");
      }
      t.deepEqual(seen, ["x", "y", "z", "x"]);
    }));

  test("a large commit is cut into batches, those that are waited for first", (t) =>
    using({ commitSize: 10 }, async ({ store, commits }) => {
      for (let index = 0; index < 35; index++) store.report(sampleOf(`pump-1/p${index}`, index));
      const patched = store.patchDesired("pump-2/speed", { value: 1 });
      await store.flush();
      await patched;
      t.deepEqual(
        commits.map((changes) => changes.length),
        [10, 10, 10, 6],
      );
      t.is(commits[0]?.[0]?.twin.thing, "pump-2");
      t.is(metric(store, "penstock_twin_commits_total"), 4);
      t.is(metric(store, "penstock_twin_records_written_total"), 36);
      t.is(metric(store, "penstock_twin_pending"), 0);
    }));

  test("a listener that throws or ends disturbs nobody", (t) =>
    using({}, async ({ store, log, commits }) => {
      store.onCommit(() => {
        throw new Error("listener");
      });
      let heard = 0;
      const end = store.onCommit(() => {
        heard += 1;
      });
      await store.patchDesired("pump-1/a", {});
      end();
      end();
      await store.patchDesired("pump-1/a", {});
      t.is(heard, 1);
      t.is(commits.length, 2);
      t.is(log.entries.filter(({ level }) => level === "error").length, 2);
    }));

  test("closing writes what is pending, answers who waits, and takes nothing more", (t) =>
    using({}, async ({ store, clock, commits }) => {
      const patched = store.patchDesired("pump-1/a", { value: 1 });
      store.report(sampleOf("pump-1/b", 1));
      await Promise.all([store.close(), store.close()]);
      t.like(await patched, { rev: 1 });
      t.deepEqual(
        commits.flat().map(({ twin }) => twin.feature),
        ["a", "b"],
      );
      await t.throwsAsync(store.patchDesired("pump-1/a", {}), { instanceOf: TwinStoreClosed, code: "EDGE_TWIN_CLOSED" });
      await t.throwsAsync(store.flush(), { instanceOf: TwinStoreClosed });
      await t.throwsAsync(store.remove("pump-1/a"), { instanceOf: TwinStoreClosed });
      t.notThrows(() => store.report(sampleOf("pump-1/b", 2)));
      t.is(clock.armed, 0);
    }));

  test("any mix of changes ends in what a plain model says, and each revision is heard of once", async (t) => {
    const feature = fc.constantFrom("a/x", "a/y", "b/x");
    const step = fc.oneof(
      fc.record({ do: fc.constant("report" as const), key: feature, value: fc.nat(3) }),
      fc.record({ do: fc.constant("patch" as const), key: feature, value: fc.option(fc.nat(3), { nil: null }) }),
      fc.record({ do: fc.constant("remove" as const), key: feature, value: fc.nat(0) }),
      fc.record({ do: fc.constant("pass" as const), key: feature, value: fc.nat(1500) }),
    );
    await t.notThrowsAsync(
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), (steps) =>
          using({ commitSize: 2 }, async ({ store, clock, commits }) => {
            const model = new Map<string, { desired?: JsonValue; reported?: number }>();
            const waiting: Promise<unknown>[] = [];
            for (const { do: what, key, value } of steps) {
              const known = model.get(key) ?? {};
              if (what === "report" && value !== null) {
                store.report(sampleOf(`${key}`, value));
                model.set(key, { ...known, reported: value });
              } else if (what === "patch") {
                waiting.push(store.patchDesired(`${key}`, { value }));
                model.set(key, { ...known, desired: mergePatch(known.desired, { value }) });
              } else if (what === "remove") {
                waiting.push(store.remove(`${key}`));
                model.delete(key);
              } else await clock.advance(millis(value ?? 0));
            }
            await store.flush();
            await Promise.all(waiting);
            const found = [...store.list()].map(({ thing, feature: name, desired, reported }) => [
              `${thing}/${name}`,
              desired,
              reported?.["value"],
            ]);
            t.deepEqual(found, [...model].map(([key, { desired, reported }]) => [key, desired, reported]).sort());
            const last = new Map<string, number>();
            for (const { twin } of commits.flat()) {
              const key = `${twin.thing}/${twin.feature}`;
              const empty = twin.desired === undefined && twin.reported === undefined;
              t.true(twin.rev === (last.get(key) ?? 0) + 1 || empty);
              last.set(key, empty ? 0 : twin.rev);
            }
          }),
        ),
        { numRuns: 60 },
      ),
    );
  });
}
