import test from "ava";
import { chipDriver } from "../../../../shared/acquisition/i2c/chip-driver.ts";
import { ads1115Reading } from "../../../../shared/acquisition/i2c/chips/ads1115.ts";
import { roundingOf } from "../../../../shared/acquisition/values/scaling.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { StubI2cBus } from "../../../harness/fake-i2c-bus-stub.ts";
import { stubAds1115, stubBme280, stubClimate, stubConversion, stubVoltage } from "../../../harness/i2c-stub-chips.ts";
import { finishes, never } from "./finishes.ts";

test("a BME280 whose registers never change by themselves is measured, again and again", async (t) => {
  const clock = new FakeClock();
  const bus = new StubI2cBus([stubBme280]);
  const driver = chipDriver({ kind: "bme280", oversampling: 1 }, { bus, address: stubBme280.address, clock });
  for (let turn = 0; turn < 3; turn++) {
    await finishes(clock, driver.open(never));
    const readings = await finishes(clock, driver.sample(new Set(driver.quantities), never));
    const rounded = [...readings].map(([quantity, value]) => [quantity, roundingOf(quantity === "pressure" ? 1 : 2)(Number(value))]);
    t.deepEqual(Object.fromEntries(rounded), stubClimate);
  }
});

test("an ADS1115 whose registers never change by themselves is measured", async (t) => {
  const clock = new FakeClock();
  const bus = new StubI2cBus([stubAds1115]);
  const settings = { kind: "ads1115", range: 4.096, rate: 128 } as const;
  const driver = chipDriver(settings, { bus, address: stubAds1115.address, clock });
  await finishes(clock, driver.open(never));
  for (let turn = 0; turn < 2; turn++) {
    const reading = (await finishes(clock, driver.sample(new Set(["in0"]), never))).get("in0");
    t.is(reading, ads1115Reading(stubConversion, 4.096));
    t.is(roundingOf(7)(Number(reading)), stubVoltage);
  }
});

test("registers of a chip that only holds them are read by a register map", async (t) => {
  const bus = new StubI2cBus([stubBme280]);
  const field = { register: 0xd0, length: 1, signed: false, order: "big", shift: 0, bits: 8 } as const;
  const settings = { kind: "register-map", identity: undefined, setup: [], blocks: [], fields: new Map([["id", field]]) } as const;
  const driver = chipDriver(settings, { bus, address: 0x76, clock: new FakeClock() });
  t.is((await driver.sample(new Set(["id"]), never)).get("id"), 0x60);
});

test("an SHT31 says that the adapter of the stub cannot carry its commands", async (t) => {
  const driver = chipDriver({ kind: "sht31" }, { bus: new StubI2cBus([]), address: 0x44, clock: new FakeClock() });
  await t.throwsAsync(driver.open(never), { code: "EDGE_I2C_UNABLE" });
});
