import test from "ava";
import { Ads1115, ads1115Config, ads1115Reading, conversionTime } from "../../../../../shared/acquisition/i2c/chips/ads1115.ts";
import { millis } from "../../../../../shared/base/units.ts";
import { FakeClock } from "../../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../../harness/fake-i2c-bus.ts";
import { Ads1115Model } from "../../../../harness/fake-i2c-bus-chips.ts";
import { finishes, never } from "../finishes.ts";

const usual = { range: 2.048, rate: 128 } as const;

function bench() {
  const clock = new FakeClock();
  const chip = new Ads1115Model();
  const bus = new FakeI2cBus([[0x48, chip]]);
  return { chip, clock, bus, driver: new Ads1115({ bus, address: 0x48, clock }, usual) };
}

test("configuration words have the bits of the Config Register", (t) => {
  const words = [
    ads1115Config("in0-in1", usual),
    ads1115Config("in0", usual),
    ads1115Config("in3", { range: 6.144, rate: 8 }),
    ads1115Config("in2-in3", { range: 0.256, rate: 860 }),
    ads1115Config("in4", usual),
  ];
  t.deepEqual(words, [0x8583, 0xc583, 0xf103, 0xbbe3, undefined]);
});

test("codes are volts by the ideal output codes of the data format", (t) => {
  t.deepEqual(
    [0, 0x4000, 1, 0xffff, 0x8001].map((word) => ads1115Reading(word, 2.048)),
    [0, 1.024, 0.0000625, -0.0000625, -2.0479375],
  );
});

test("the two ends of the code say only where the voltage is: no value", (t) => {
  t.deepEqual(ads1115Reading(0x7fff, 0.512), { noValue: "the voltage is above the range of 0.512 V" });
  t.deepEqual(ads1115Reading(0x8000, 0.512), { noValue: "the voltage is below the range of −0.512 V" });
});

test("a conversion takes its time and the 10 % by which the rate may be off", (t) => {
  t.is(conversionTime(8).toFixed(3), "137.525");
  t.is(conversionTime(860).toFixed(3), "1.304");
});

test("each wanted input is one conversion, read when it is done", async (t) => {
  const { clock, driver, bus, chip } = bench();
  chip.words.set(4, 0x2000).set(0, 0xe000);
  await finishes(clock, driver.open(never));
  bus.transfers.length = 0;
  const readings = await finishes(clock, driver.sample(new Set(["in0", "in0-in1"]), never));
  t.deepEqual(
    [...readings],
    [
      ["in0", 0.512],
      ["in0-in1", -0.512],
    ],
  );
  t.deepEqual(bus.transfers.slice(0, 4), ["48 w 01 c5 83", "48 r 01 2", "48 r 01 2", "48 r 00 2"]);
});

test("nothing is asked before the conversion can be done", async (t) => {
  const { clock, driver, bus } = bench();
  const sample = driver.sample(new Set(["in0"]), never);
  await clock.advance(millis(8.6));
  t.deepEqual(bus.transfers, ["48 w 01 c5 83"]);
  await finishes(clock, sample);
});

test("a conversion that does not end is told of", async (t) => {
  const { clock, driver, chip } = bench();
  chip.busy = 1e9;
  await t.throwsAsync(finishes(clock, driver.sample(new Set(["in0"]), never)), { code: "EDGE_I2C_HANGS" });
});

test("a conversion of other settings is not taken for the one that was asked", async (t) => {
  const { clock, driver, chip } = bench();
  const sample = driver.sample(new Set(["in0"]), never);
  await clock.advance(millis(1));
  chip.powerCycle();
  await t.throwsAsync(finishes(clock, sample), { code: "EDGE_I2C_RESET" });
});
