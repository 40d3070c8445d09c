import type { TestFn } from "ava";
import type { TwinStoreOptions } from "../../../firmware/twin/twin-store-options.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { bytes, instant } from "../../../shared/base/units.ts";
import type { FeatureStatus } from "../../../shared/twin/feature-twin.ts";
import { TwinKeyInvalid, TwinPatchRefused, TwinStoreBusy, TwinStoreFull, TwinTooLarge } from "../../../shared/twin/twin-errors.ts";
import { sampleOf } from "./sample-of.ts";
import { metric, type StoreBench, type TwinStoreCase, withStore } from "./store-bench.ts";

const idle: FeatureStatus = { text: "live", indicator: "idle", at: instant(5) };

/** What every twin store refuses. */
export function twinStoreLimitsContract(test: TestFn, subject: TwinStoreCase): void {
  const using = (options: TwinStoreOptions, run: (bench: StoreBench) => Promise<void>): Promise<void> => withStore(subject, options, run);

  test("a feature more than the limit is refused and counted, known ones go on", (t) =>
    using({ maxFeatures: 2 }, async ({ store }) => {
      store.report(sampleOf("pump-1/a", 1));
      await store.patchDesired("pump-1/b", { value: 1 });
      t.throws(() => store.report(sampleOf("pump-1/c", 1)), { instanceOf: TwinStoreFull, code: "EDGE_TWIN_FULL" });
      await t.throwsAsync(store.patchDesired("pump-1/c", {}), { instanceOf: TwinStoreFull });
      await t.throwsAsync(store.putStatus("pump-1/c", idle), { instanceOf: TwinStoreFull });
      store.report(sampleOf("pump-1/a", 2));
      t.is(metric(store, "penstock_twin_refused_total"), 3);
      t.is(metric(store, "penstock_twin_features"), 2);
      await store.remove("pump-1/a");
      store.report(sampleOf("pump-1/c", 1));
    }));

  test("a document too large or too deep is refused and nothing of it is kept", (t) =>
    using({ maxDocument: bytes(100), maxDepth: 3 }, async ({ store }) => {
      await store.patchDesired("pump-1/a", { text: "ä".repeat(30) });
      await t.throwsAsync(store.patchDesired("pump-1/a", { more: "ö".repeat(20) }), {
        instanceOf: TwinTooLarge,
        message: /a has \d+ bytes: expected at most 100/,
      });
      await t.throwsAsync(store.putStatus("pump-1/a", { ...idle, text: "x".repeat(50) }), { instanceOf: TwinTooLarge });
      await t.throwsAsync(store.patchDesired("pump-1/b", { a: { b: { c: {} } } }), {
        instanceOf: TwinTooLarge,
        message: /more than 3 levels/,
      });
      t.like(store.get("pump-1/a"), { rev: 1, desired: { text: "ä".repeat(30) } });
      t.is(store.get("pump-1/b"), undefined);
      t.is(metric(store, "penstock_twin_refused_total"), 3);
    }));

  for (const patch of [5, "on", true, [1]] satisfies readonly JsonValue[]) {
    test(`desired cannot become ${JSON.stringify(patch)}`, (t) =>
      using({}, async ({ store }) => {
        await t.throwsAsync(store.patchDesired("pump-1/a", patch), { instanceOf: TwinPatchRefused, code: "EDGE_TWIN_PATCH" });
        t.is(store.get("pump-1/a"), undefined);
      }));
  }

  for (const key of ["pump-1/", "/a", "pump-1/a/b", "pump 1/a", "pump-1/a\u0000", `${"x".repeat(200)}/a`] as const) {
    test(`${JSON.stringify(key.slice(0, 20))} names no feature`, (t) =>
      using({}, async ({ store }) => {
        await t.throwsAsync(store.patchDesired(key, {}), { instanceOf: TwinKeyInvalid, code: "EDGE_TWIN_KEY" });
        t.throws(() => store.report(sampleOf(key, 1)), { instanceOf: TwinKeyInvalid });
      }));
  }

  test("members and features with the names of inherited properties are like any others", (t) =>
    using({}, async ({ store }) => {
      const patch: JsonValue = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}');
      const twin = await store.patchDesired("constructor/toString", patch);
      t.is(JSON.stringify(twin.desired), JSON.stringify(patch));
      t.is(store.get("constructor/hasOwnProperty"), undefined);
      t.is(Reflect.get({}, "polluted"), undefined);
    }));

  test("more callers than may wait are refused, and there is room again afterwards", (t) =>
    using({ maxWaiting: 2 }, async ({ store }) => {
      const waiting = [store.patchDesired("pump-1/a", {}), store.patchDesired("pump-1/a", {})];
      await t.throwsAsync(store.patchDesired("pump-1/b", {}), { instanceOf: TwinStoreBusy, code: "EDGE_TWIN_BUSY" });
      await Promise.all(waiting);
      await t.notThrowsAsync(store.patchDesired("pump-1/b", {}));
    }));
}
