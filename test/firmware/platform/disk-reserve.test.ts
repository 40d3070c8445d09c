import { DiskReserve } from "../../../firmware/platform/disk-reserve.ts";
import { bytes } from "../../../shared/base/units.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { SmallVolume } from "../../harness/small-volume.ts";
import { volumeTest } from "../../harness/volume-test.ts";

const onVolume = volumeTest();
const room = 4 << 20;

onVolume("room for the next start is kept where as much again stays free, and only then", async (t) => {
  using volume = new SmallVolume(room);
  const reserve = new DiskReserve({ directory: volume.path, log: new FakeLog() });
  volume.fill(room / 8 + 65_536);
  t.false(await reserve.fill());
  t.is(volume.size("reserve"), 0);
  volume.makeRoom();
  t.true(await reserve.fill());
  t.is(volume.size("reserve"), room / 8);
  t.true(volume.free <= room - room / 8, "it takes real room");
  t.true(await reserve.fill());
});

onVolume("what is given up is taken back, as much of it as there is, and made whole when there is room", async (t) => {
  using volume = new SmallVolume(room);
  const reserve = new DiskReserve({ directory: volume.path, log: new FakeLog() });
  await reserve.fill();
  volume.fill();
  const had = await reserve.giveUp();
  t.is(had, bytes(room / 8));
  t.is(volume.free, room / 8);
  t.true(await reserve.hasRoom());
  volume.fill(room / 16);
  await reserve.takeBack(had);
  t.is(volume.free, 0);
  t.is(volume.size("reserve"), room / 16);
  t.false(await reserve.hasRoom());
  t.false(await reserve.fill());
  volume.makeRoom();
  t.true(await reserve.fill());
  t.is(volume.size("reserve"), room / 8);
});
