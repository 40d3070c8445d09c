import test from "ava";
import { commandProgress } from "../../../../../host/console/web/src/logic/command-steps.ts";
import type { OperationDocument, OperationState } from "../../../../../shared/twin/documents/operation-document.ts";

function operation(states: readonly OperationState[], error?: string): OperationDocument {
  return {
    id: "op",
    type: "feature.write",
    target: { thing: "pump", feature: "run" },
    state: states.at(-1) ?? "pending",
    deadline: 0,
    createdBy: "user:ada",
    history: states.map((state, index) => ({ state, at: 100 + index })),
    ...(error !== undefined && { error: { code: "EDGE_X", message: error } }),
    rev: 1,
    createdAt: 100,
    updatedAt: 100,
  };
}
const stages = (progress: ReturnType<typeof commandProgress>): readonly string[] => progress.steps.map(({ state }) => state);

test("a command that was only asked for stands at its first step", (t) => {
  const progress = commandProgress(90, undefined, undefined, false);
  t.deepEqual(stages(progress), ["now", "ahead", "ahead", "ahead"]);
  t.is(progress.end, undefined);
});

test("each state of its operation brings a command a step on", (t) => {
  t.deepEqual(stages(commandProgress(90, operation(["pending", "queued"]), undefined, false)), ["reached", "now", "ahead", "ahead"]);
  t.deepEqual(stages(commandProgress(90, operation(["pending", "queued", "sent"]), undefined, false)), [
    "reached",
    "reached",
    "now",
    "ahead",
  ]);
  const done = commandProgress(90, operation(["pending", "queued", "sent", "succeeded"]), undefined, false);
  t.deepEqual(stages(done), ["reached", "reached", "reached", "reached"]);
  t.deepEqual(
    done.steps.map(({ at }) => at),
    [90, 101, 102, 103],
  );
  t.is(done.end?.tone, "good");
});

test("a refusal says why and marks the step that was not reached", (t) => {
  const progress = commandProgress(90, operation(["pending", "queued", "sent", "rejected"], "illegal data value"), undefined, false);
  t.deepEqual(stages(progress), ["reached", "reached", "reached", "failed"]);
  t.deepEqual(progress.end, { tone: "bad", text: "It was refused. illegal data value" });
});

test("a value that the device has already is done without an operation", (t) => {
  const progress = commandProgress(90, undefined, { name: "converged" }, true);
  t.deepEqual(stages(progress), ["reached", "reached", "reached", "reached"]);
  t.is(progress.end?.text, "The device has this value already.");
  t.is(commandProgress(90, undefined, { name: "converged" }, false).end?.text, "Done: the device has it.");
});
