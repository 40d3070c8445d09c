import test from "ava";
import { TwinPublisher } from "../../../firmware/twin/twin-publisher.ts";
import { MemoryTwinStore } from "../../../firmware/twin/twin-store-memory.ts";
import { TwinView } from "../../../firmware/twin/twin-view.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { FakeBroker } from "../../harness/fake-broker.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

async function setUp() {
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = await MemoryTwinStore.open({ clock, log });
  const view = new TwinView({ store, units: new Map([["pump/level", "m"]]) });
  const broker = new FakeBroker();
  const publisher = new TwinPublisher({ store, view, broker, log });
  const report = (value: number, at: number) =>
    store.report({ thing: "pump", feature: "level", value, quality: "good", source: instant(at), received: instant(at) });
  return { clock, store, view, broker, publisher, report };
}

test("subscribers hear of a reported value once it is on disk, with its unit", async (t) => {
  const { clock, broker, report } = await setUp();
  report(2.5, 1);
  await clock.advance(millis(500));
  t.deepEqual(broker.published, []);
  await clock.advance(millis(1000));
  t.deepEqual(broker.published, [
    {
      topic: "penstock/v1/pump/twin/level/reported",
      payload: '{"value":2.5,"quality":"good","source":1,"received":1,"unit":"m"}',
      options: { qos: 1, retain: true },
    },
  ]);
});

test("a desired value is told on its own topic", async (t) => {
  const { clock, broker, store } = await setUp();
  await Promise.all([store.patchDesired("pump/level", { value: 3 }), clock.advance(millis(10))]);
  t.deepEqual(
    broker.published.map(({ topic, payload }) => [topic, payload]),
    [["penstock/v1/pump/twin/level/desired", '{"value":3}']],
  );
});

test("a desired value that is taken back is told as an empty message (MQTT 3.1.1 §3.3.1.3)", async (t) => {
  const { clock, broker, store } = await setUp();
  await Promise.all([store.patchDesired("pump/level", { value: 3 }), clock.advance(millis(10))]);
  await Promise.all([store.patchDesired("pump/level", null), clock.advance(millis(10))]);
  t.is(broker.published.at(-1)?.payload, "");
});

test("what nobody listens to is not published, and after closing nothing is", async (t) => {
  const { clock, broker, publisher, report } = await setUp();
  broker.subscriptions = [];
  report(1, 1);
  await clock.advance(millis(1500));
  broker.subscriptions = ["#"];
  publisher.close();
  report(2, 2);
  await clock.advance(millis(1500));
  t.deepEqual(broker.published, []);
});

test("the retained twin topics are the twins as they stand, committed or not", async (t) => {
  const { clock, store, view, report } = await setUp();
  report(2.5, 1);
  await Promise.all([store.patchDesired("pump/speed", { value: 40 }), clock.advance(millis(10))]);
  const text = (payload: Uint8Array | undefined) => (payload === undefined ? undefined : new TextDecoder().decode(payload));
  t.deepEqual(
    [...view.messages()].map(({ topic, payload }) => [topic, text(payload)]),
    [
      ["penstock/v1/pump/twin/level/reported", '{"value":2.5,"quality":"good","source":1,"received":1,"unit":"m"}'],
      ["penstock/v1/pump/twin/speed/desired", '{"value":40}'],
    ],
  );
  t.is(text(view.message("penstock/v1/pump/twin/speed/desired")), '{"value":40}');
  t.is(view.message("penstock/v1/pump/twin/speed/reported"), undefined);
  t.is(view.message("penstock/v1/pump/twin/speed/set"), undefined);
  t.true(view.owns("penstock/v1/x/twin/y/reported"));
  t.false(view.owns("penstock/v1/x/twin/y/set"));
  t.false(view.owns("penstock/v1/x/data/y"));
});
