import test from "ava";
import fc from "fast-check";
import { type OperationDocument, OperationState } from "../../../../shared/twin/documents/operation-document.ts";
import { type CommandEnd, endOperation } from "../../../../shared/twin/resources/command-end.ts";
import { endStates, isEnded, moveOperation, openStates, operationMoves } from "../../../../shared/twin/resources/operation-machine.ts";

const states = Object.values(OperationState);
const begun: OperationDocument = {
  id: "op-1",
  type: "feature.write",
  target: { thing: "pump", feature: "run" },
  input: { value: true },
  state: "pending",
  deadline: 10,
  createdBy: "user:olga",
  history: [{ state: "pending", at: 0 }],
  rev: 1,
  createdAt: 0,
  updatedAt: 0,
};
const outcomes = ["done", "refused", "failed", "expired", "unknown"] as const;
const stored = (draft: ReturnType<typeof moveOperation>, before: OperationDocument): OperationDocument =>
  draft === undefined ? before : { ...draft, rev: before.rev + 1, createdAt: 0, updatedAt: 0 };

test("states are open or ended, and every open one can end", (t) => {
  t.deepEqual([...openStates, ...endStates].sort(), [...states].sort());
  for (const state of openStates)
    t.true(
      operationMoves[state].some((next) => isEnded(next)),
      state,
    );
  for (const state of endStates) t.deepEqual(operationMoves[state], []);
});

test("every state can be reached from pending", (t) => {
  const reached = new Set<OperationState>(["pending"]);
  for (const state of reached) for (const next of operationMoves[state]) reached.add(next);
  t.is(reached.size, states.length);
});

test("whatever happens, an operation that has ended stays as it is, and only legal moves are made", (t) => {
  const happening = fc.oneof(
    fc.constantFrom(...states).map((state) => ({ state })),
    fc.constantFrom(...outcomes).map((outcome) => ({ outcome })),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      let operation = begun;
      for (const [at, one] of happenings.entries()) {
        const next = stored("state" in one ? moveOperation(operation, one.state, at) : endOperation(operation, one, at), operation);
        if (isEnded(operation.state)) t.is(next, operation);
        else if ("state" in one) t.is(next !== operation, operationMoves[operation.state].includes(one.state));
        else t.true(isEnded(next.state));
        t.true(next.history.length <= 32);
        t.is(next.history[0]?.state, "pending");
        t.is(next.history.at(-1)?.state, next.state);
        operation = next;
      }
    }),
    { numRuns: 300 },
  );
});

const ends = test.macro({
  exec(t, end: CommandEnd, expected: object) {
    const sent = stored(moveOperation(stored(moveOperation(begun, "queued", 1), begun), "sent", 2), begun);
    t.like(endOperation(sent, end, 3), expected);
  },
  title: (_given, end: CommandEnd) => `a command that is ${end.outcome} ends its operation`,
});
test(ends, { outcome: "done", before: 1, after: 2 }, { state: "succeeded", result: { before: 1, after: 2 } });
test(
  ends,
  { outcome: "refused", code: "EDGE_WRITE_REFUSED", reason: "too much" },
  { state: "rejected", error: { code: "EDGE_WRITE_REFUSED", message: "too much" } },
);
test(ends, { outcome: "failed", reason: "no answer" }, { state: "failed", error: { code: "EDGE_COMMAND_FAILED", message: "no answer" } });
test(ends, { outcome: "expired" }, { state: "expired", error: { code: "EDGE_COMMAND_EXPIRED" } });
test(ends, { outcome: "unknown" }, { state: "failed", error: { code: "EDGE_COMMAND_UNKNOWN" } });

test("the end of a command shows that it was sent, also where that was not noted", (t) => {
  const queued = stored(moveOperation(begun, "queued", 1), begun);
  t.deepEqual(
    endOperation(queued, { outcome: "done" }, 5)?.history.map(({ state }) => state),
    ["pending", "queued", "sent", "succeeded"],
  );
});
