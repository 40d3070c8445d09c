import test from "ava";
import fc from "fast-check";
import { firstLinkState, type LinkEvent, type LinkState, mayWaitForLink, nextLinkState } from "../../../shared/acquisition/link-state.ts";

const after = (...events: readonly LinkEvent[]): LinkState => events.reduce(nextLinkState, firstLinkState);

test("a link starts by dialling and is worth waiting for", (t) => {
  t.deepEqual(firstLinkState, { name: "connecting", failures: 0 });
  t.true(mayWaitForLink(firstLinkState));
});

test("every dial that fails is counted and nobody waits for the next one", (t) => {
  t.deepEqual(after("lost"), { name: "waiting", failures: 1 });
  t.deepEqual(after("lost", "due"), { name: "connecting", failures: 1 });
  t.deepEqual(after("lost", "due", "lost"), { name: "waiting", failures: 2 });
  t.false(mayWaitForLink(after("lost")));
  t.false(mayWaitForLink(after("lost", "due")));
});

test("a connection that ends before anything came over it is one more failure", (t) => {
  t.deepEqual(after("connected", "lost"), { name: "waiting", failures: 1 });
  t.deepEqual(after("connected", "lost", "due", "connected", "lost"), { name: "waiting", failures: 2 });
});

test("a proven connection starts the count anew", (t) => {
  t.deepEqual(after("lost", "due", "lost", "due", "connected", "proven"), { name: "up", failures: 0, proven: true });
  t.deepEqual(after("lost", "due", "lost", "due", "connected", "proven", "lost"), { name: "waiting", failures: 1 });
});

test("a proven connection that fell silent is replaced at once, an unproven one after a wait", (t) => {
  t.deepEqual(after("connected", "proven", "silent"), { name: "connecting", failures: 0 });
  t.deepEqual(after("connected", "silent"), { name: "waiting", failures: 1 });
  t.deepEqual(after("connected", "proven", "silent", "connected", "silent"), { name: "waiting", failures: 1 });
});

test("an event that means nothing in a state leaves it as it is", (t) => {
  for (const event of ["proven", "silent", "due"] as const) t.is(nextLinkState(firstLinkState, event), firstLinkState);
  const up = after("connected", "proven");
  for (const event of ["connected", "proven", "due"] as const) t.is(nextLinkState(up, event), up);
  const waiting = after("lost");
  for (const event of ["connected", "proven", "silent", "lost"] as const) t.is(nextLinkState(waiting, event), waiting);
});

test("a closed link stays closed, whatever happens, and any other link can come up again", (t) => {
  const events = fc.array(fc.constantFrom<LinkEvent>("connected", "proven", "silent", "lost", "due"));
  t.notThrows(() =>
    fc.assert(
      fc.property(events, events, (before, later) => {
        const state = after(...before);
        const revived = (["due", "connected"] as const).reduce(nextLinkState, state);
        const closed = later.reduce(nextLinkState, nextLinkState(state, "closed"));
        return revived.name === "up" && closed.name === "closed" && !mayWaitForLink(closed);
      }),
    ),
  );
});
