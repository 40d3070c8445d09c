import test, { type ExecutionContext } from "ava";
import { ReconcileEngine } from "../../../../host/twin/reconcile/reconcile-engine.ts";
import type { ReconcileSettings } from "../../../../host/twin/reconcile/reconcile-settings.ts";
import type { Directive, ReconcileContext, ReconcileFailure, Reconciler } from "../../../../host/twin/reconcile/reconciler.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import { EdgeError } from "../../../../shared/base/edge-error.ts";
import type { StopSignal } from "../../../../shared/base/stop-signal.ts";
import { millis } from "../../../../shared/base/units.ts";
import { RevisionConflict } from "../../../../shared/twin/documents/document-errors.ts";
import type { EventDocument } from "../../../../shared/twin/documents/event-document.ts";
import type { Change, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

class Broken extends EdgeError {
  readonly code = "EDGE_BROKEN";
}

/** Answers as the test says, and notes what it was asked. */
class Scripted implements Reconciler {
  readonly kind = "test";
  readonly keys: string[] = [];
  readonly runs: (ReconcileContext & { readonly key: string })[] = [];
  readonly failures: (ReconcileFailure & { readonly key: string })[] = [];
  intents = 1;
  answer: (key: string, context: ReconcileContext, stop: StopSignal) => Promise<Directive> = async () => ({ do: "ack" });
  wake: (key: string) => void = () => {};

  begin(wake: (key: string) => void): void {
    this.wake = wake;
  }
  match({ kind, id }: EventDocument): readonly string[] {
    return kind === "thing" ? [id] : [];
  }
  async *list(): AsyncGenerator<string> {
    yield* this.keys;
  }
  async intent(): Promise<number | undefined> {
    return this.intents;
  }
  reconcile(key: string, context: ReconcileContext, stop: StopSignal): Promise<Directive> {
    this.runs.push({ key, ...context });
    return this.answer(key, context, stop);
  }
  async failed(key: string, failure: ReconcileFailure): Promise<Pick<Change, "events">> {
    this.failures.push({ key, ...failure });
    return { events: [{ type: "test.error", kind: "test", id: key, severity: "alarm" }] };
  }
}

interface Bench {
  readonly store: GatewayStore;
  readonly clock: FakeClock;
  readonly reconciler: Scripted;
  readonly start: (settings?: Partial<ReconcileSettings>) => Promise<ReconcileEngine>;
}

async function open(t: ExecutionContext): Promise<Bench> {
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = await MemoryGatewayStore.open({ clock, log });
  const reconciler = new Scripted();
  const engines: ReconcileEngine[] = [];
  t.teardown(async () => {
    for (const engine of engines) await engine.close();
    await store.close();
  });
  const start = async (settings: Partial<ReconcileSettings> = {}): Promise<ReconcileEngine> => {
    const engine = await ReconcileEngine.open({ store, reconcilers: [reconciler], clock, log, random: () => 0.5, settings });
    engines.push(engine);
    await rest(engine);
    return engine;
  };
  return { store, clock, reconciler, start };
}

async function rest(engine: ReconcileEngine): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await settle();
    await engine.idle();
  }
}

const thing = (id: string): Change => ({
  actor: "test",
  puts: [
    {
      kind: "thing",
      id,
      document: {
        id,
        kind: "device",
        name: `${id} ${Math.random()}`,
        labels: {},
        lifecycle: { desired: "present", reported: "present", deleting: [] },
      },
    },
  ],
});

test("at its start it looks at everything, and then at what events name", async (t) => {
  const { reconciler, start, store } = await open(t);
  reconciler.keys.push("a", "b");
  const engine = await start();
  t.deepEqual(
    reconciler.runs.map(({ key }) => key),
    ["a", "b"],
  );
  await store.commit(thing("c"));
  await rest(engine);
  t.deepEqual(
    reconciler.runs.map(({ key }) => key),
    ["a", "b", "c"],
  );
});

// EIM-06: what was committed while nobody listened is found after a restart.
test("events of the time when it was down are found in their order", async (t) => {
  const { reconciler, start, store } = await open(t);
  const engine = await start();
  await engine.close();
  await store.commit(thing("x"));
  await store.commit(thing("y"));
  await start();
  t.deepEqual(
    reconciler.runs.map(({ key }) => key),
    ["x", "y"],
  );
});

// EIM-07
test("a key is worked on by one at a time, and what is named meanwhile is looked at once more", async (t) => {
  const { reconciler, start, store } = await open(t);
  const engine = await start();
  let busy = 0;
  let most = 0;
  reconciler.answer = async () => {
    busy++;
    most = Math.max(most, busy);
    await settle();
    busy--;
    return { do: "ack" };
  };
  for (let at = 0; at < 100; at++) void store.commit(thing("hot"));
  await rest(engine);
  await rest(engine);
  t.is(most, 1);
  t.true(reconciler.runs.length >= 1 && reconciler.runs.length <= 100);
});

test("many keys are worked on at once, within the bound", async (t) => {
  const { reconciler, start } = await open(t);
  reconciler.keys.push(...Array.from({ length: 50 }, (_, at) => `k-${at}`));
  let busy = 0;
  let most = 0;
  reconciler.answer = async () => {
    busy++;
    most = Math.max(most, busy);
    await settle();
    busy--;
    return { do: "ack" };
  };
  const engine = await start({ parallel: 4 });
  await rest(engine);
  t.is(reconciler.runs.length, 50);
  t.is(most, 4);
});

test("pauses grow from 1 to 60 seconds, and the tenth failure is an error with its event", async (t) => {
  const { clock, reconciler, start, store } = await open(t);
  reconciler.keys.push("a");
  const at: number[] = [];
  reconciler.answer = async () => {
    at.push(clock.monotonic());
    throw new Broken("it is broken");
  };
  const engine = await start();
  for (let second = 0; second < 400; second++) {
    await clock.advance(millis(1000));
    await rest(engine);
  }
  t.deepEqual(
    at.slice(1).map((time, index) => time - (at[index] ?? 0)),
    [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000],
  );
  t.deepEqual(
    reconciler.failures.map(({ code, attempts, key }) => [key, code, attempts]),
    [["a", "EDGE_BROKEN", 10]],
  );
  t.is((await store.events(0, 100)).events.filter(({ type }) => type === "test.error").length, 1);
});

test("pauses spread by a fifth", async (t) => {
  const clock = new FakeClock();
  const store = await MemoryGatewayStore.open({ clock, log: new FakeLog() });
  for (const [random, pause] of [
    [0, 800],
    [0.999, 1200],
  ] as const) {
    const reconciler = new Scripted();
    reconciler.keys.push("a");
    reconciler.answer = async () => ({ do: "retry", error: { code: "EDGE_X", message: "x" } });
    const engine = await ReconcileEngine.open({ store, reconcilers: [reconciler], clock, log: new FakeLog(), random: () => random });
    await rest(engine);
    await clock.advance(millis(pause - 2));
    await rest(engine);
    t.is(reconciler.runs.length, 1);
    await clock.advance(millis(3));
    await rest(engine);
    t.is(reconciler.runs.length, 2);
    await engine.close();
    await store.commit({ actor: "test", state: [{ key: "rk/test/a", value: undefined }] });
  }
  await store.close();
});

test("an error outlasts restarts and resyncs, and ends with another intent", async (t) => {
  const { clock, reconciler, start, store } = await open(t);
  reconciler.keys.push("a");
  reconciler.answer = async () => ({ do: "fail", error: { code: "EDGE_X", message: "never" } });
  const engine = await start();
  t.is(reconciler.runs.length, 1);
  for (let turn = 0; turn < 5; turn++) await engine.resync();
  await store.commit(thing("a"));
  await clock.advance(millis(3_600_000));
  await rest(engine);
  await engine.close();
  const next = await start();
  t.is(reconciler.runs.length, 1);
  reconciler.intents = 2;
  reconciler.answer = async () => ({ do: "ack" });
  await store.commit(thing("a"));
  await rest(next);
  t.is(reconciler.runs.length, 2);
  t.deepEqual(await store.states("rk/"), []);
});

// EIM-14: what is wanted waits for its time.
test("what waits is woken by its time or by somebody, and counts no attempts", async (t) => {
  const { clock, reconciler, start } = await open(t);
  reconciler.keys.push("a");
  const until = clock.wall() + 3_600_000;
  reconciler.answer = async () => (clock.wall() < until ? { do: "wait", on: "window", until } : { do: "ack" });
  const engine = await start();
  await clock.advance(millis(300_000));
  await rest(engine);
  t.is(reconciler.runs.length, 1);
  reconciler.wake("a");
  await rest(engine);
  t.is(reconciler.runs.length, 2);
  await clock.advance(millis(3_300_000));
  await rest(engine);
  t.is(reconciler.runs.at(-1)?.attempts, 0);
  t.true(clock.wall() >= until);
});

// EIM-21: the net under events.
test("everything is looked at again every ten minutes", async (t) => {
  const { clock, reconciler, start } = await open(t);
  const engine = await start();
  reconciler.keys.push("late");
  await clock.advance(millis(600_001));
  await rest(engine);
  t.deepEqual(
    reconciler.runs.map(({ key }) => key),
    ["late"],
  );
});

test("a run that takes too long is told to stop, and its key is not worked on by another meanwhile", async (t) => {
  const { clock, reconciler, start } = await open(t);
  reconciler.keys.push("slow");
  let busy = 0;
  let most = 0;
  reconciler.answer = async (_key, _context, stop) => {
    busy++;
    most = Math.max(most, busy);
    await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
    busy--;
    return { do: "ack" };
  };
  const starting = start({ patience: millis(5000) });
  for (let turn = 0; turn < 10; turn++) await settle();
  reconciler.wake("slow");
  await clock.advance(millis(5001));
  for (let turn = 0; turn < 10; turn++) await settle();
  await clock.advance(millis(5001));
  await starting;
  t.is(most, 1);
  t.is(reconciler.runs.length, 2);
});

test("somebody else who is sooner makes it read again, at once and then after pauses", async (t) => {
  const { clock, reconciler, start } = await open(t);
  reconciler.keys.push("a");
  reconciler.answer = async () => {
    throw new RevisionConflict("thing", "a", 1, 2);
  };
  const engine = await start();
  for (let turn = 0; turn < 10; turn++) await rest(engine);
  t.is(reconciler.runs.length, 21);
  for (let turn = 0; turn < 20; turn++) {
    await clock.advance(millis(1000));
    for (let more = 0; more < 10; more++) await rest(engine);
  }
  t.is(reconciler.failures.length, 0);
  reconciler.answer = async () => ({ do: "ack" });
  await clock.advance(millis(1000));
  await rest(engine);
  t.is(reconciler.runs.at(-1)?.attempts, 0);
});

test("while nothing has to be done nothing is written", async (t) => {
  const { reconciler, start, store } = await open(t);
  reconciler.keys.push("a", "b", "c");
  let commits = 0;
  store.onCommit(() => {
    commits++;
  });
  const engine = await start();
  for (let turn = 0; turn < 10; turn++) await engine.resync();
  await rest(engine);
  t.is(commits, 0);
  t.true(reconciler.runs.length >= 3);
});
