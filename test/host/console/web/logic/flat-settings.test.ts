import test from "ava";
import { flattenSettings, nestSetting, readSetting } from "../../../../../host/console/web/src/logic/flat-settings.ts";

test("nested settings are told by their places, lists whole", (t) => {
  t.deepEqual(
    [...flattenSettings({ link: { batch: 5, live: "always" }, days: [1, 2] })],
    [
      ["link/batch", 5],
      ["link/live", "always"],
      ["days", [1, 2]],
    ],
  );
});

test("one setting is a merge patch of its place", (t) => t.deepEqual(nestSetting("link/batch", 7), { link: { batch: 7 } }));

test("what is typed is read as what stands there", (t) => {
  t.deepEqual(readSetting("7,5", 1), { value: 7.5 });
  t.deepEqual(readSetting("on", false), { value: true });
  t.deepEqual(readSetting("always", "behind"), { value: "always" });
  t.deepEqual(readSetting("[1,2]", [1]), { value: [1, 2] });
  t.true("wrong" in readSetting("many", 1));
});
