import test from "ava";
import type { IntentResult } from "../../../firmware/twin/desired-reconciler.ts";
import { SetHandler } from "../../../firmware/twin/set-handler.ts";
import type { PointValue } from "../../../shared/acquisition/sample.ts";
import { FakeBroker } from "../../harness/fake-broker.ts";
import { settle } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

const topic = "penstock/v1/pump/twin/speed/set";

function setUp(result: IntentResult = { state: "done", before: 1, after: 40 }) {
  const broker = new FakeBroker();
  const log = new FakeLog();
  const wants: unknown[] = [];
  const reconciler = {
    want: async (...intent: [thing: string, feature: string, value: PointValue, who: string]) => {
      wants.push(intent);
      return result;
    },
  };
  new SetHandler({ broker, reconciler, log });
  return { broker, log, wants };
}

test("a set request becomes an intent, and its end is told on the response topic with the correlation", async (t) => {
  const { broker, wants } = setUp();
  broker.receive(topic, '{"value":40,"responseTopic":"my/answers","correlation":"7"}');
  await settle();
  t.deepEqual(wants, [["pump", "speed", 40, "anna"]]);
  t.deepEqual(broker.published, [
    { topic: "my/answers", payload: '{"correlation":"7","state":"done","before":1,"after":40}', options: { qos: 1, retain: false } },
  ]);
});

test("a request without a response topic is carried out in silence", async (t) => {
  const { broker, wants } = setUp();
  broker.receive(topic, '{"value":true}');
  await settle();
  t.is(wants.length, 1);
  t.deepEqual(broker.published, []);
});

test("a request on somebody's behalf is logged with both names", async (t) => {
  const { broker, wants } = setUp();
  broker.receive(topic, '{"value":1,"who":"operator 3"}');
  await settle();
  t.deepEqual(wants, [["pump", "speed", 1, "anna for operator 3"]]);
});

for (const [what, payload] of [
  ["that is no JSON", "40"],
  ["without a value", '{"responseTopic":"my/answers"}'],
  ["with a member that nobody knows", '{"value":1,"vlaue":2,"responseTopic":"my/answers"}'],
] as const) {
  test(`a request ${what} is refused and goes no further`, async (t) => {
    const { broker, wants, log } = setUp();
    broker.receive(topic, payload);
    await settle();
    t.deepEqual(wants, []);
    t.is(log.entries.filter(({ level }) => level === "warn").length, 1);
    t.is(broker.published.length, payload.includes("responseTopic") ? 1 : 0);
    t.true(
      broker.published.every((message) => message.payload.includes('"state":"refused"') && message.payload.includes("EDGE_SET_INVALID")),
    );
  });
}

test("a retained request is refused: it would come again with every restart", async (t) => {
  const { broker, wants } = setUp();
  broker.receive(topic, '{"value":1,"responseTopic":"my/answers"}', { retain: true });
  await settle();
  t.deepEqual(wants, []);
  t.true(broker.published[0]?.payload.includes("EDGE_SET_RETAINED"));
});

test("the board does not answer where the asker may not publish", async (t) => {
  const { broker, log } = setUp();
  broker.forbidden.add("secret/topic");
  broker.receive(topic, '{"value":1,"responseTopic":"secret/topic"}');
  await settle();
  t.deepEqual(broker.published, []);
  t.true(log.entries.some(({ message }) => message.includes("may not publish")));
});

test("the reason of a refusal reaches the asker", async (t) => {
  const { broker } = setUp({ state: "refused", code: "EDGE_WRITE_REFUSED", reason: "at most 100" });
  broker.receive(topic, '{"value":200,"responseTopic":"my/answers"}');
  await settle();
  t.is(broker.published[0]?.payload, '{"state":"refused","code":"EDGE_WRITE_REFUSED","reason":"at most 100"}');
});
