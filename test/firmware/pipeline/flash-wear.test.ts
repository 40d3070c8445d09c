import test from "ava";
import { FlashWear } from "../../../firmware/pipeline/flash-wear.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";

const day = millis(86_400_000);

test("the memory lasts capacity × cycles ÷ bytes programmed a day", async (t) => {
  const clock = new FakeClock();
  const wear = new FlashWear({ clock, capacityBytes: 1_000_000, cycles: 100, blocksPerSync: 0, leastPerSync: 0 });
  t.is(wear.lifeDays(), Number.POSITIVE_INFINITY);
  wear.wrote(4096);
  wear.synced(0, 4096);
  await clock.advance(day);
  t.is(wear.lifeDays(), 100_000_000 / 4096);
});

test("whole blocks count, those that a write only touches too, besides what each sync costs", (t) => {
  const wear = new FlashWear({ clock: new FakeClock(), blockBytes: 4096, blocksPerSync: 3, leastPerSync: 0 });
  wear.synced(4090, 4100);
  t.is(wear.bytesProgrammed, 5 * 4096);
  wear.synced();
  t.is(wear.bytesProgrammed, 8 * 4096);
});

test("a card that rewrites 128 KiB for each sync is worn by ten syncs a second in little more than a year, by one a second in eleven", async (t) => {
  for (const [perSecond, years] of [
    [10, 1.2],
    [1, 11.6],
  ] as const) {
    const clock = new FakeClock();
    const wear = new FlashWear({ clock, leastPerSync: 131_072 });
    for (let sync = 0; sync < 600 * perSecond; sync++) wear.synced(sync * 100, sync * 100 + 100);
    await clock.advance(millis(600_000));
    t.is(Math.round((wear.lifeDays() / 365.25) * 10) / 10, years);
  }
});

test("what is counted is given out as metrics", (t) => {
  const wear = new FlashWear({ clock: new FakeClock() });
  wear.wrote(10);
  wear.synced(0, 10);
  t.deepEqual(
    wear.metrics().map(({ name, values }) => [name, values[0]?.value]),
    [
      ["penstock_flash_written_bytes_total", 10],
      ["penstock_flash_syncs_total", 1],
      ["penstock_flash_programmed_bytes_total", 16_384],
      ["penstock_flash_life_days", (16e9 * 3000 * 1) / (16_384 * 86_400_000)],
    ],
  );
});
