import test from "ava";
import type { FeatureOfThing } from "../../../../shared/twin/documents/feature-of-thing-document.ts";
import { afterCommand } from "../../../../shared/twin/resources/after-command.ts";
import type { CommandEnd } from "../../../../shared/twin/resources/command-end.ts";

const feature: FeatureOfThing = {
  thing: "pump",
  id: "speed",
  owner: "board",
  traits: { type: "number", writable: true },
  desired: { value: 21.1 },
  desiredRev: 4,
  observedRev: 2,
  reconcile: { attempts: 1, operation: "op-1" },
  rev: 5,
  createdAt: 0,
  updatedAt: 0,
};
const operation = { id: "op-1", desiredRev: 4 };

const leaves = test.macro({
  exec(t, end: CommandEnd, expected: object, tolerance?: number) {
    t.like(afterCommand(feature, operation, end, 9, tolerance), expected);
  },
  title: (given = "", end: CommandEnd) => `${given || end.outcome} leaves the feature as it should`,
});
test(leaves, { outcome: "done", after: 21.1 }, { observedRev: 4, status: { indicator: "idle", at: 9 } });
test(
  "done, rounded to single precision,",
  leaves,
  { outcome: "done", after: Math.fround(21.1) },
  { observedRev: 4, status: { indicator: "idle" } },
);
test(
  "done, with something else read back,",
  leaves,
  { outcome: "done", after: 21.2 },
  { observedRev: 4, status: { indicator: "in_progress" } },
);
test("done, near enough,", leaves, { outcome: "done", after: 21.2 }, { observedRev: 4, status: { indicator: "idle" } }, 0.2);
test("done, with nothing read back,", leaves, { outcome: "done" }, { observedRev: 4, status: { indicator: "in_progress" } });
test(
  leaves,
  { outcome: "refused", code: "EDGE_WRITE_REFUSED", reason: "too much" },
  {
    observedRev: 2,
    status: { indicator: "error", text: "too much" },
    reconcile: { attempts: 2, error: { code: "EDGE_WRITE_REFUSED", desiredRev: 4, since: 9 } },
  },
);
test(
  "refused out of turn",
  leaves,
  { outcome: "refused" },
  { observedRev: 2, status: { indicator: "in_progress" }, reconcile: { attempts: 2, operation: "op-1" } },
);
test(leaves, { outcome: "failed", reason: "no answer" }, { status: { indicator: "in_progress" }, reconcile: { attempts: 2 } });
test(leaves, { outcome: "unknown" }, { status: { indicator: "in_progress" }, reconcile: { attempts: 2 } });

test("done clears what was noted of attempts", (t) => {
  t.false("reconcile" in (afterCommand(feature, operation, { outcome: "done", after: 21.1 }, 9) ?? {}));
});

test("the end of an older intent says nothing of the newer one", (t) => {
  const older = { id: "op-0", desiredRev: 3 };
  t.is(afterCommand(feature, older, { outcome: "refused", code: "EDGE_X" }, 9), undefined);
  const after = afterCommand(feature, older, { outcome: "done", after: 1 }, 9);
  t.like(after, { observedRev: 3, desiredRev: 4, reconcile: { attempts: 1, operation: "op-1" } });
  t.is(afterCommand({ ...feature, observedRev: 4 }, older, { outcome: "done" }, 9), undefined);
});

test("a write that carries no intent leaves the feature alone", (t) => {
  t.is(afterCommand(feature, { id: "op-2" }, { outcome: "done", after: 3 }, 9), undefined);
});

test("settings are met when every setting that was wanted is in force", (t) => {
  const settings = { ...feature, id: "settings", desired: { enabled: true, period: 500 } };
  t.like(afterCommand(settings, operation, { outcome: "done", after: { enabled: true, period: 500, points: {} } }, 9), {
    status: { indicator: "idle" },
  });
  t.like(afterCommand(settings, operation, { outcome: "done", after: { enabled: true, period: 1000 } }, 9), {
    status: { indicator: "in_progress" },
  });
});
