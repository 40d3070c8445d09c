import { join } from "node:path";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { bytes, millis } from "../../../../shared/base/units.ts";
import { GatewayStoreFailed } from "../../../../shared/twin/store-errors.ts";
import type { Change } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { putThing } from "../../../harness/gateway-store-drafts.ts";
import { SmallVolume } from "../../../harness/small-volume.ts";
import { volumeTest } from "../../../harness/volume-test.ts";

const actor = "user:anna";
const size = 40_000;

const changeOf = (n: number): Change => ({
  actor,
  puts: [putThing(`p${n}`, { description: `${n} `.padEnd(size, "abcdefghij") })],
  cursors: [{ board: "b", stream: "s", term: 1, seq: n, prev: { term: n === 1 ? 0 : 1, seq: n - 1 } }],
});

volumeTest()("a full disk refuses changes whole, is read on, and takes changes again once there is room", async (t) => {
  t.timeout(60_000);
  using volume = new SmallVolume(24 << 20);
  const clock = new FakeClock();
  const directory = join(volume.path, "store");
  const parts = { directory, clock, log: new FakeLog(), reserve: bytes(8 << 20), retry: millis(1000) };
  let kept = 0;
  {
    await using store = await LevelGatewayStore.open(parts);
    for (; kept < 10; kept++) await store.commit(changeOf(kept + 1));
    volume.fill(size * 3);
    const failure = await t.throwsAsync(async () => {
      for (; ; kept++) await store.commit(changeOf(kept + 1));
    });
    t.true(failure instanceof GatewayStoreFailed);
    t.false(store.writable);

    // Reading goes on, of what was promised and nothing else.
    t.is(await store.get("thing", `p${kept + 1}`), undefined);
    t.is((await store.list("thing", { limit: 1000 })).length, kept);
    t.is(store.count("thing"), kept);
    t.deepEqual([...(await store.cursors("b"))], [["s", { term: 1, seq: kept }]]);

    // Asked again at once, and later without room, it refuses and stays readable.
    await t.throwsAsync(store.commit(changeOf(kept + 1)), { instanceOf: GatewayStoreFailed });
    await clock.advance(millis(1500));
    await t.throwsAsync(store.commit(changeOf(kept + 1)), { instanceOf: GatewayStoreFailed });
    t.is((await store.list("thing", { limit: 1000 })).length, kept);

    volume.makeRoom();
    await clock.advance(millis(1500));
    await Promise.all([store.commit(changeOf(kept + 1)), store.list("thing", { limit: 10 })]);
    kept += 1;
    t.true(store.writable);
    t.is(store.count("thing"), kept);
  }
  await using store = await LevelGatewayStore.open(parts);
  t.is(store.repaired, undefined);
  t.is((await store.list("thing", { limit: 1000 })).length, kept);
  t.deepEqual([...(await store.cursors("b"))], [["s", { term: 1, seq: kept }]]);
  const { events } = await store.events(0, 1000);
  t.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: kept }, (_, index) => index + 1),
  );
});
