import test from "ava";
import { StatusView } from "../../../firmware/acquisition/status-view.ts";
import { instant } from "../../../shared/base/units.ts";
import { FakeBroker } from "../../harness/fake-broker.ts";

const text = (payload: Uint8Array | undefined): string | undefined =>
  payload === undefined ? undefined : new TextDecoder().decode(payload);

test("the retained status of a thing is what was last noted, with the reason only while it is away", (t) => {
  const view = new StatusView();
  view.set({ thing: "pump", online: false, since: instant(5), reason: "no reply" });
  t.is(text(view.message("penstock/v1/pump/status")), '{"online":false,"since":5,"reason":"no reply"}');
  view.set({ thing: "pump", online: true, since: instant(9), reason: "no reply" });
  t.is(text(view.message("penstock/v1/pump/status")), '{"online":true,"since":9}');
  t.deepEqual(
    [...view.messages()].map(({ topic }) => topic),
    ["penstock/v1/pump/status"],
  );
  t.is(view.message("penstock/v1/other/status"), undefined);
  t.true(view.owns("penstock/v1/other/status"));
  t.false(view.owns("penstock/v1/other/data/x"));
});

test("subscribers are told when a thing comes or goes", (t) => {
  const view = new StatusView();
  const broker = new FakeBroker();
  view.set({ thing: "pump", online: true, since: instant(9), reason: "" }, broker);
  t.deepEqual(broker.published, [
    { topic: "penstock/v1/pump/status", payload: '{"online":true,"since":9}', options: { qos: 1, retain: true } },
  ]);
});
