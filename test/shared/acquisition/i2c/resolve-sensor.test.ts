import test from "ava";
import { resolveBus, resolveSensor } from "../../../../shared/acquisition/i2c/resolve-sensor.ts";
import { millis } from "../../../../shared/base/units.ts";

test("a bus waits two seconds unless it says otherwise", (t) => {
  t.deepEqual(resolveBus({ id: "field", device: "/dev/i2c-1" }), { id: "field", device: "/dev/i2c-1", timeout: millis(2000) });
  t.is(resolveBus({ id: "field", device: "/dev/i2c-1", timeout: "300 ms" }).timeout, millis(300));
});

test("a sensor is at its chip's usual address, in its chip's units, to the places that mean something", (t) => {
  const sensor = resolveSensor({ id: "climate", bus: "field", chip: "bme280", points: [{ id: "t", quantity: "temperature" }] });
  t.deepEqual(sensor, {
    thing: "climate",
    name: undefined,
    lineId: "field",
    unit: 0x76,
    staleAfter: 3,
    chip: { kind: "bme280", oversampling: 1 },
    points: [
      {
        id: "t",
        quantity: "temperature",
        unit: "Cel",
        description: undefined,
        schedule: "default",
        report: { mode: "always", absolute: 0, percent: 0, heartbeat: undefined },
        scale: 1,
        offset: 0,
        decimals: 2,
      },
    ],
  });
});

test("a point that scales says itself what comes out", (t) => {
  const { points } = resolveSensor({
    id: "tank",
    bus: "field",
    chip: "ads1115",
    schedule: "slow",
    report: { mode: "change", heartbeat: "1 min" },
    points: [
      { id: "level", quantity: "in0", scale: 2.5, offset: -1 },
      { id: "raw", quantity: "in1", unit: "mV", schedule: "fast", report: { mode: "always" } },
    ],
  });
  t.like(points[0], { unit: undefined, decimals: undefined, scale: 2.5, offset: -1, schedule: "slow" });
  t.is(points[0]?.report.heartbeat, millis(60_000));
  t.like(points[1], { unit: "mV", decimals: 7, schedule: "fast" });
  t.is(points[1]?.report.mode, "always");
});

test("an ADS1115 has ±2.048 V and 128 samples a second, an SHT31 is at 0x44", (t) => {
  t.deepEqual(resolveSensor({ id: "a", bus: "b", chip: "ads1115", points: [{ id: "x", quantity: "in0" }] }).chip, {
    kind: "ads1115",
    range: 2.048,
    rate: 128,
  });
  t.is(resolveSensor({ id: "a", bus: "b", chip: "sht31", points: [{ id: "x", quantity: "humidity" }] }).unit, 0x44);
});

test("a register map's fields go by the ids of its points", (t) => {
  const { chip, points } = resolveSensor({
    id: "a",
    bus: "b",
    chip: "register-map",
    address: 0x20,
    identity: { register: 1, value: 2 },
    setup: [{ register: 3, bytes: [4], wait: "5 ms" }],
    points: [
      { id: "level", register: 6, length: 2, shift: 4 },
      { id: "alarm", register: 8, bits: 1 },
    ],
  });
  t.deepEqual(chip, {
    kind: "register-map",
    identity: { register: 1, value: 2 },
    setup: [{ register: 3, bytes: [4], wait: millis(5) }],
    blocks: [],
    fields: new Map([
      ["level", { register: 6, length: 2, signed: false, order: "big", shift: 4, bits: 12 }],
      ["alarm", { register: 8, length: 1, signed: false, order: "big", shift: 0, bits: 1 }],
    ]),
  });
  t.deepEqual(
    points.map(({ quantity, unit }) => [quantity, unit]),
    [
      ["level", undefined],
      ["alarm", undefined],
    ],
  );
});
