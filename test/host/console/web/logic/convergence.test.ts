import test from "ava";
import { convergenceOf } from "../../../../../host/console/web/src/logic/convergence.ts";
import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";

const feature = (parts: Partial<FeatureOfThing>): FeatureOfThing => ({
  thing: "pump",
  id: "speed",
  owner: "board",
  traits: { type: "number", writable: true },
  reported: { value: 80, quality: "good", source: 1, received: 1 },
  desiredRev: 2,
  observedRev: 1,
  rev: 3,
  createdAt: 1,
  updatedAt: 1,
  ...parts,
});

test("nothing wanted is neither reached nor missed", (t) => t.is(convergenceOf(feature({})).name, "unset"));

test("what is wanted and reported meets within the last digit", (t) => {
  t.is(convergenceOf(feature({ desired: { value: 80.0002 } })).name, "converged");
  t.is(convergenceOf(feature({ desired: { value: 81 } })).name, "waiting");
});

test("the streamed value counts before the document's", (t) => {
  t.is(convergenceOf(feature({ desired: { value: 72 } }), 72).name, "converged");
  t.is(convergenceOf(feature({ desired: { value: 80 } }), 72).name, "waiting");
});

test("an error stands until something newer is wanted", (t) => {
  const reconcile = { attempts: 1, error: { code: "EDGE_X", message: "refused", since: 5, desiredRev: 2 } };
  t.deepEqual(convergenceOf(feature({ desired: { value: 90 }, reconcile })), {
    name: "error",
    code: "EDGE_X",
    message: "refused",
    since: 5,
    attempts: 1,
  });
  t.is(convergenceOf(feature({ desired: { value: 91 }, reconcile, desiredRev: 3 })).name, "waiting");
});

test("a device that had it and says something else now has drifted", (t) => {
  const status = { text: "idle", indicator: "idle", at: 1 } as const;
  t.is(convergenceOf(feature({ desired: { value: 90 }, observedRev: 2, status })).name, "drifted");
});
