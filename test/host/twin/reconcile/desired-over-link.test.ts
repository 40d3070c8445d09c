import test, { type ExecutionContext } from "ava";
import type { BoardPresence } from "../../../../host/twin/reconcile/board-presence.ts";
import { DesiredOverLink } from "../../../../host/twin/reconcile/desired-over-link.ts";
import { ReconcileEngine } from "../../../../host/twin/reconcile/reconcile-engine.ts";
import { ThingCleanUp } from "../../../../host/twin/reconcile/thing-clean-up.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { FeatureOfThing } from "../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../../../shared/twin/documents/operation-document.ts";
import type { CommandEnd } from "../../../../shared/twin/resources/command-end.ts";
import { settle } from "../../../harness/fake-clock.ts";
import { admin, boardActor, engineer, operator, ResourceBench, viewer } from "../resources/open-resources.ts";

class FakePresence implements BoardPresence {
  readonly #online = new Set(["b-1"]);
  readonly #listeners = new Set<(board: string) => void>();
  online(board: string): boolean {
    return this.#online.has(board);
  }
  onOnline(listener: (board: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  set(board: string, online: boolean): void {
    if (online) this.#online.add(board);
    else this.#online.delete(board);
    if (online) for (const listener of this.#listeners) listener(board);
  }
}

/** A gateway with one board and its pump. */
class Plant {
  readonly bench: ResourceBench;
  readonly presence: FakePresence;
  engine: ReconcileEngine;

  private constructor(bench: ResourceBench, presence: FakePresence, engine: ReconcileEngine) {
    this.bench = bench;
    this.presence = presence;
    this.engine = engine;
  }

  static async open(t: ExecutionContext): Promise<Plant> {
    const bench = await ResourceBench.open(t);
    await bench.bring("b-1", "pump", { speed: { type: "number", writable: true }, run: { type: "boolean", writable: true } });
    const presence = new FakePresence();
    const plant = new Plant(bench, presence, await Plant.#engine(bench, presence));
    t.teardown(() => plant.engine.close());
    return plant;
  }

  static #engine({ clock, log, resources, store }: ResourceBench, presence: BoardPresence): Promise<ReconcileEngine> {
    const { dispatch, removal, rules } = resources;
    const reconcilers = [new DesiredOverLink({ store, dispatch, presence, rules, clock }), new ThingCleanUp({ store, removal })];
    // 0.5 is the middle of the jitter: pauses are whole.
    return ReconcileEngine.open({ store, reconcilers, clock, log, random: () => 0.5 });
  }

  /** As if the gateway was started again. */
  async restart(): Promise<void> {
    await this.engine.close();
    this.engine = await Plant.#engine(this.bench, this.presence);
    await this.rest();
  }

  async rest(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) {
      await settle();
      await this.engine.idle();
    }
  }

  async want(value: number): Promise<void> {
    await this.bench.resources.patchFeature(operator, "pump", "speed", { desired: { value } }, {});
    await this.rest();
  }

  /** The newest command comes to this end. */
  async end(end: CommandEnd): Promise<void> {
    const newest = this.issued.at(-1);
    if (newest === undefined) throw new Error("nothing was issued");
    await this.bench.markSent(newest.id);
    await this.bench.end(newest.id, end);
    await this.rest();
  }

  async pass(span: number): Promise<void> {
    await this.bench.clock.advance(millis(span));
    await this.rest();
  }

  get issued(): readonly OperationDocument[] {
    return this.bench.sender.issued;
  }

  async speed(): Promise<FeatureOfThing> {
    return this.bench.resources.getFeature(viewer, "pump", "speed");
  }
}

// EIM-09, EIM-10
test("an intent becomes one command; when the board has done it, it is met and nothing more is sent", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  t.is(plant.issued.length, 1);
  t.like(plant.issued[0], { type: "feature.write", input: { value: 40 }, desiredRev: 2, state: "queued", board: "b-1" });
  t.like(await plant.speed(), { desiredRev: 2, observedRev: 0, status: { indicator: "in_progress" } });
  await plant.end({ outcome: "done", before: 10, after: 40 });
  t.like(await plant.speed(), { desiredRev: 2, observedRev: 2, status: { indicator: "idle" } });
  const { rev } = await plant.speed();
  for (let turn = 0; turn < 10; turn++) {
    await plant.engine.resync();
    await plant.rest();
  }
  await plant.restart();
  t.is(plant.issued.length, 1);
  t.is((await plant.speed()).rev, rev);
});

// EIM-09: the board says yes, the device shows something else.
test("what the device does not show stays in progress until it does", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  await plant.end({ outcome: "done", after: 12 });
  t.like(await plant.speed(), { observedRev: 2, status: { indicator: "in_progress" } });
  await plant.bench.sample("pump", "speed", 12);
  await plant.pass(5000);
  t.like(await plant.speed(), { status: { indicator: "in_progress" } });
  await plant.bench.sample("pump", "speed", 40);
  await plant.pass(5000);
  t.like(await plant.speed(), { status: { indicator: "idle" } });
  t.is(plant.issued.length, 1);
});

test("a definition's tolerance says what is near enough", async (t) => {
  const plant = await Plant.open(t);
  const { resources } = plant.bench;
  await resources.createDefinition(engineer, {
    id: "blueprint:pump@1",
    attributes: [{ feature: "speed", type: "number", tolerance: 0.5 }],
  });
  await resources.patchThing(engineer, "pump", { definition: "blueprint:pump@1" }, {});
  await plant.want(40);
  await plant.end({ outcome: "done", after: 40.4 });
  await plant.bench.sample("pump", "speed", 40.4);
  await plant.pass(2000);
  t.like(await plant.speed(), { status: { indicator: "idle" } });
});

// EIM-11
test("what fails is tried again after 1, 2 and 4 seconds, and is then met", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 3; attempt++) {
    await plant.end({ outcome: "failed", code: "EDGE_MODBUS_TIMEOUT", reason: "no answer" });
    let waited = 0;
    for (; plant.issued.length === attempt && waited < 20_000; waited += 250) await plant.pass(250);
    pauses.push(waited);
  }
  t.deepEqual(pauses, [1000, 2000, 4000]);
  await plant.end({ outcome: "done", after: 40 });
  t.is(plant.issued.length, 4);
  const met = await plant.speed();
  t.like(met, { observedRev: 2, status: { indicator: "idle" } });
  t.is(met.reconcile, undefined);
  t.deepEqual(await plant.bench.store.states("rk/"), []);
});

test("attempts outlast a restart, and the tenth is the last", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  for (let attempt = 1; attempt <= 12; attempt++) {
    await plant.end({ outcome: "failed", code: "EDGE_MODBUS_TIMEOUT", reason: "no answer" });
    if (attempt === 5) await plant.restart();
    await plant.pass(61_000);
    if ((await plant.speed()).reconcile?.error !== undefined) break;
  }
  t.is(plant.issued.length, 10);
  t.like(await plant.speed(), { status: { indicator: "error" }, reconcile: { attempts: 10, error: { code: "EDGE_MODBUS_TIMEOUT" } } });
});

// EIM-12, EIM-13
test("what is refused is an error at once, and is left alone until a user acts", async (t) => {
  const plant = await Plant.open(t);
  const { resources, store } = plant.bench;
  await plant.want(900);
  await plant.end({ outcome: "refused", code: "EDGE_WRITE_REFUSED", reason: "900 is above 100" });
  t.like(await plant.speed(), {
    status: { text: "900 is above 100", indicator: "error" },
    reconcile: { attempts: 1, error: { code: "EDGE_WRITE_REFUSED" } },
  });
  const told = (await store.events(0, 1000)).events.filter(({ type }) => type === "feature.error");
  t.deepEqual(
    told.map(({ severity, id }) => [severity, id]),
    [["alarm", "pump/speed"]],
  );
  await plant.restart();
  for (let turn = 0; turn < 5; turn++) {
    await plant.engine.resync();
    await plant.pass(61_000);
  }
  // A write of another side does not open it again.
  await resources.patchFeature(boardActor("b-1"), "pump", "speed", { traits: { unit: "%" } }, {});
  await plant.rest();
  t.is(plant.issued.length, 1);
  t.is((await store.events(0, 1000)).events.filter(({ type }) => type === "feature.error").length, 1);
  await plant.want(90);
  t.is(plant.issued.length, 2);
  await plant.end({ outcome: "done", after: 90 });
  t.like(await plant.speed(), { status: { indicator: "idle" } });
});

test("retry takes a feature out of its error with the same intent", async (t) => {
  const plant = await Plant.open(t);
  const { resources } = plant.bench;
  await plant.want(900);
  await plant.end({ outcome: "refused", code: "EDGE_WRITE_REFUSED", reason: "not now" });
  await resources.retryFeature(operator, "pump", "speed");
  await plant.rest();
  t.is(plant.issued.length, 2);
  t.like(plant.issued[1], { input: { value: 900 } });
  const { rev } = await resources.retryFeature(admin, "pump", "speed");
  t.is((await plant.speed()).rev, rev);
  // So does the same value, asked for once more.
  await plant.end({ outcome: "refused", code: "EDGE_WRITE_REFUSED", reason: "not now" });
  await plant.want(900);
  t.is(plant.issued.length, 3);
});

// EIM-08: offline is no error.
test("a board that is away is waited for", async (t) => {
  const plant = await Plant.open(t);
  plant.presence.set("b-1", false);
  await plant.want(40);
  await plant.pass(3_600_000);
  t.is(plant.issued.length, 0);
  t.like(await plant.speed(), { status: { text: "waits for board b-1 to be connected", indicator: "in_progress" } });
  t.is((await plant.speed()).reconcile?.error, undefined);
  plant.presence.set("b-1", true);
  await plant.rest();
  t.is(plant.issued.length, 1);
  await plant.end({ outcome: "done", after: 40 });
  t.like(await plant.speed(), { status: { indicator: "idle" } });
});

test("a command that the board did not begin in time counts for nothing and is made again", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  for (let time = 1; time <= 12; time++) {
    await plant.end({ outcome: "expired" });
    await plant.pass(1500);
    t.is(plant.issued.length, time + 1);
  }
  t.is((await plant.speed()).reconcile?.error, undefined);
});

// EIM-07
test("of many intents in a row the last is reached, and what was not sent gives way to it", async (t) => {
  const plant = await Plant.open(t);
  const { resources, sender, store } = plant.bench;
  for (let value = 1; value <= 100; value++) await resources.patchFeature(operator, "pump", "speed", { desired: { value } }, {});
  await plant.rest();
  t.deepEqual(plant.issued.at(-1)?.input, { value: 100 });
  t.true(plant.issued.length <= 100);
  const open = (await store.list("operation", { limit: 500 })).filter(({ state }) => state === "queued");
  t.deepEqual(
    open.map(({ id }) => id),
    [plant.issued.at(-1)?.id],
  );
  t.is(sender.withdrawn.length, plant.issued.length - 1);
  await plant.end({ outcome: "done", after: 100 });
  t.like(await plant.speed(), { desired: { value: 100 }, status: { indicator: "idle" } });
});

test("a command that was sent already does not hold up the next, and its end does not count for it", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(1);
  await plant.bench.markSent(plant.issued[0]?.id ?? "");
  await plant.want(2);
  t.is(plant.issued.length, 2);
  await plant.bench.end(plant.issued[0]?.id ?? "", { outcome: "done", after: 1 });
  await plant.rest();
  t.like(await plant.speed(), { desiredRev: 4, observedRev: 2, status: { indicator: "in_progress" } });
  await plant.end({ outcome: "done", after: 2 });
  t.like(await plant.speed(), { observedRev: 4, status: { indicator: "idle" } });
});

test("the gateway stops between keeping and sending: nothing is asked twice", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  await plant.restart();
  t.is(plant.issued.length, 1);
  t.is(plant.bench.store.count("operation"), 1);
});

test("a device that has drifted is written again when somebody asks again, not by itself", async (t) => {
  const plant = await Plant.open(t);
  await plant.want(40);
  await plant.end({ outcome: "done", after: 40 });
  await plant.bench.sample("pump", "speed", 40);
  await plant.want(40);
  t.is(plant.issued.length, 1);
  await plant.bench.sample("pump", "speed", 7);
  await plant.pass(700_000);
  t.is(plant.issued.length, 1);
  await plant.want(40);
  t.is(plant.issued.length, 2);
});

test("taking an intent back leaves nothing to do", async (t) => {
  const plant = await Plant.open(t);
  plant.presence.set("b-1", false);
  await plant.want(40);
  await plant.bench.resources.patchFeature(operator, "pump", "speed", { desired: null }, {});
  await plant.rest();
  plant.presence.set("b-1", true);
  await plant.rest();
  t.is(plant.issued.length, 0);
  const { desiredRev, observedRev, status } = await plant.speed();
  t.deepEqual([observedRev, status], [desiredRev, undefined]);
});

// EIM-18: the board is gone, so its things may go.
test("a thing that is to be deleted goes when its board is gone", async (t) => {
  const plant = await Plant.open(t);
  const { resources, store } = plant.bench;
  await resources.deleteThing(engineer, "pump", {});
  await plant.rest();
  t.truthy(await store.get("thing", "pump"));
  await store.commit({ actor: "test", deletes: [{ kind: "board", id: "b-1" }] });
  await plant.rest();
  t.is(await store.get("thing", "pump"), undefined);
  t.is(store.count("feature"), 0);
});

test("a thing that is to be deleted goes when its board has none of it any more", async (t) => {
  const plant = await Plant.open(t);
  const { resources, store } = plant.bench;
  await resources.deleteThing(engineer, "pump", {});
  await plant.rest();
  const absent = (feature: string) =>
    store.update("feature", `pump/${feature}`, "board:b-1", (now) =>
      now === undefined ? undefined : { ...now, status: { text: "absent", indicator: "unspecified" as const, at: 1 } },
    );
  await absent("speed");
  await plant.rest();
  t.truthy(await store.get("thing", "pump"));
  await absent("run");
  await plant.rest();
  t.is(await store.get("thing", "pump"), undefined);
});
