import test from "ava";
import { SamplePublisher } from "../../../firmware/acquisition/sample-publisher.ts";
import { instant } from "../../../shared/base/units.ts";
import { FakeBroker } from "../../harness/fake-broker.ts";
import { FakeLog } from "../../harness/fake-log.ts";

const sample = { thing: "pump", feature: "level", value: 2.5, quality: "good", source: instant(1), received: instant(1) } as const;

test("samples go to their data topic as they come, QoS 0 and not retained, with the point's unit", (t) => {
  const broker = new FakeBroker();
  const publisher = new SamplePublisher({ broker, unitOf: () => "m", log: new FakeLog() });
  publisher.accept([sample, { ...sample, value: 2.6 }]);
  t.deepEqual(
    broker.published.map(({ topic, payload, options }) => [
      topic,
      JSON.parse(payload).value,
      JSON.parse(payload).unit,
      options.qos,
      options.retain,
    ]),
    [
      ["penstock/v1/pump/data/level", 2.5, "m", 0, false],
      ["penstock/v1/pump/data/level", 2.6, "m", 0, false],
    ],
  );
});

test("what nobody listens to is not published", (t) => {
  const broker = new FakeBroker();
  broker.subscriptions = ["penstock/v1/pump/data/flow"];
  const publisher = new SamplePublisher({ broker, unitOf: () => undefined, log: new FakeLog() });
  publisher.accept([sample, { ...sample, feature: "flow" }]);
  t.deepEqual(
    broker.published.map(({ topic }) => topic),
    ["penstock/v1/pump/data/flow"],
  );
});
