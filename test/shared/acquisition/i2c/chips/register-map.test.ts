import test from "ava";
import type { RegisterField } from "../../../../../shared/acquisition/i2c/chips/register-field.ts";
import { planBlocks, RegisterMap, type RegisterMapSettings } from "../../../../../shared/acquisition/i2c/chips/register-map.ts";
import { millis } from "../../../../../shared/base/units.ts";
import { FakeClock } from "../../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../../harness/fake-i2c-bus.ts";
import { RegisterChip } from "../../../../harness/fake-i2c-bus-chips.ts";
import { finishes, never } from "../finishes.ts";

const field = (register: number, length: number, more: Partial<RegisterField> = {}): RegisterField => ({
  register,
  length,
  signed: false,
  order: "big",
  shift: 0,
  bits: length * 8,
  ...more,
});

const settings: RegisterMapSettings = {
  identity: { register: 0x0f, value: 0x33 },
  setup: [
    { register: 0x20, bytes: [0x57, 0x08], wait: millis(20) },
    { register: 0x24, bytes: [0x40], wait: millis(0) },
  ],
  blocks: [{ register: 0x28, length: 6 }],
  fields: new Map([
    ["x", field(0x28, 2, { order: "little", signed: true })],
    ["z", field(0x2c, 2, { order: "little", signed: true })],
    ["over", field(0x27, 2)],
    ["ready", field(0x27, 1, { bits: 1 })],
  ]),
};

function bench(more: Partial<RegisterMapSettings> = {}) {
  const clock = new FakeClock();
  const chip = new RegisterChip();
  chip.registers.set([0x33], 0x0f);
  chip.registers.set([0x01, 0xfe, 0xff, 0, 0, 5, 1], 0x27);
  const bus = new FakeI2cBus([[0x19, chip]]);
  return { chip, clock, bus, driver: new RegisterMap({ bus, address: 0x19, clock }, { ...settings, ...more }) };
}

test("the chip is identified, and set up with its pauses", async (t) => {
  const { clock, driver, bus } = bench();
  const open = driver.open(never);
  await clock.advance(millis(19));
  t.deepEqual(bus.transfers, ["19 r 0f 1", "19 w 20 57 08"]);
  await finishes(clock, open);
  t.deepEqual(bus.transfers.slice(2), ["19 w 24 40"]);
});

test("another chip is not set up", async (t) => {
  const { driver, chip, bus } = bench();
  chip.registers[0x0f] = 0x44;
  await t.throwsAsync(driver.open(never), {
    code: "EDGE_I2C_CHIP",
    message: "bus i2c-1, address 0x19: not the configured chip: register 0x0f holds 0x44; expected 0x33",
  });
  t.deepEqual(bus.transfers, ["19 r 0f 1"]);
});

test("a chip without identity and setup needs no opening", async (t) => {
  const { driver, bus } = bench({ identity: undefined, setup: [] });
  await driver.open(never);
  t.deepEqual(bus.transfers, []);
});

test("a block brings its fields in one transfer, fields of one register share one, others are read alone", async (t) => {
  const { driver, bus } = bench();
  const readings = await driver.sample(new Set(["x", "z", "over", "ready"]), never);
  t.deepEqual(Object.fromEntries(readings), { x: -2, z: 261, over: 0x01fe, ready: 1 });
  t.deepEqual(bus.transfers, ["19 r 28 6", "19 r 27 2"]);
});

test("what nobody wants is not read", async (t) => {
  const { driver, bus } = bench();
  const readings = await driver.sample(new Set(["ready"]), never);
  t.deepEqual(Object.fromEntries(readings), { ready: 1 });
  t.deepEqual(bus.transfers, ["19 r 27 1"]);
  t.is(planBlocks(settings, new Set(["nothing"])).size, 0);
});
