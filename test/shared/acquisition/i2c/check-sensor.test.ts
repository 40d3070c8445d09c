import test from "ava";
import { checkAddresses, checkBuses, checkSensor } from "../../../../shared/acquisition/i2c/check-sensor.ts";
import { BusConfig, type RegisterMapConfig, SensorConfig } from "../../../../shared/acquisition/i2c/sensor-config.ts";
import { checkSchema } from "../../../../shared/base/check-schema.ts";
import type { Problem } from "../../../../shared/base/problem.ts";

const known = { buses: new Set(["field"]), schedules: new Set(["default", "slow"]) };
const texts = (problems: Iterable<Problem>): readonly string[] =>
  [...problems].map(({ path, message, expected }) => `${path}: ${message}; expected ${expected}`);

const climate: SensorConfig = { id: "climate", bus: "field", chip: "bme280", points: [{ id: "temperature", quantity: "temperature" }] };
const tank: RegisterMapConfig = { id: "tank", bus: "field", chip: "register-map", address: 0x20, points: [{ id: "level", register: 0 }] };

const tells = test.macro({
  exec(t, sensor: SensorConfig, ...expected: readonly string[]) {
    t.deepEqual(texts(checkSensor("/sensors/0", sensor, known)), expected);
  },
  title: (what = "") => `tells of ${what}`,
});
const withPoint = (point: Omit<RegisterMapConfig["points"][number], "id">): SensorConfig => ({
  ...tank,
  points: [{ id: "level", ...point }],
});

test("nothing wrong with a sensor", tells, climate);
test("nothing wrong with a register map", tells, withPoint({ register: 254, length: 2, shift: 4, bits: 12, order: "little" }));
test(
  "a bus that is not there",
  tells,
  { ...climate, bus: "feld" },
  '/sensors/0/bus: there is no bus "feld"; expected one of field (did you mean field?)',
);
test(
  "schedules that are not there",
  tells,
  { ...climate, schedule: "fast", points: [{ id: "temperature", quantity: "temperature", schedule: "slo" }] },
  '/sensors/0/schedule: there is no schedule "fast"; expected one of default, slow',
  '/sensors/0/points/0/schedule: there is no schedule "slo"; expected one of default, slow (did you mean slow?)',
);
test(
  "two points of one name",
  tells,
  {
    ...climate,
    points: [
      { id: "a", quantity: "temperature" },
      { id: "a", quantity: "humidity" },
    ],
  },
  '/sensors/0/points/1/id: "a" is the id of /sensors/0/points/0 already; expected an id that no other point of the sensor has',
);
test(
  "report rules that contradict themselves",
  tells,
  { ...climate, report: { mode: "always", absolute: 1 } },
  "/sensors/0/report/absolute: has no effect with mode always; expected mode change",
);
test(
  "a shift that leaves nothing",
  tells,
  withPoint({ register: 0, shift: 8 }),
  "/sensors/0/points/0/shift: 8 leaves nothing of 8 bits; expected at most 7",
);
test(
  "more bits than there are",
  tells,
  withPoint({ register: 0, length: 2, shift: 4, bits: 13 }),
  "/sensors/0/points/0/bits: 13 bits above 4 are more than the 16 of the value; expected at most 12",
);
test(
  "a value past the last register",
  tells,
  withPoint({ register: 254, length: 3 }),
  "/sensors/0/points/0/length: 3 bytes from register 254 on pass register 255; expected at most 2",
);
test(
  "the order of a single byte",
  tells,
  withPoint({ register: 0, order: "little" }),
  "/sensors/0/points/0/order: has no effect on a single byte; expected a length of 2 or more, or no order",
);
test(
  "blocks and pauses that cannot be",
  tells,
  {
    ...tank,
    setup: [
      { register: 1, bytes: [1], wait: "50 s" },
      { register: 255, bytes: [1, 2], wait: "11 s" },
    ],
    blocks: [{ register: 250, length: 8 }],
  },
  "/sensors/0/setup/1/bytes: 2 bytes from register 255 on pass register 255; expected at most 1",
  "/sensors/0/setup: the pauses come to 61000 ms; expected at most 60000 ms",
  "/sensors/0/blocks/0/length: 8 bytes from register 250 on pass register 255; expected at most 6",
);

test("tells of two sensors at one address, defaults included, and of none on different buses", (t) => {
  const there: SensorConfig = { ...tank, address: 0x76 };
  t.deepEqual(texts(checkAddresses([climate, there])), [
    '/sensors/1/address: address 118 (0x76) of bus "field" is /sensors/0 already; expected another address or bus',
  ]);
  t.deepEqual(texts(checkAddresses([climate, { ...there, bus: "other" }, tank])), []);
});

test("tells of buses that cannot be", (t) => {
  const board = [{ id: "i2c-1", device: "/dev/i2c-1" }];
  t.deepEqual(
    texts(
      checkBuses(
        [
          { id: "a", device: "/dev/i2c-1", timeout: "0 s" },
          { id: "a", device: "i2c-1" },
          { id: "b", device: "i2c-2" },
        ],
        board,
      ),
    ),
    [
      '/buses/1/id: "a" is the id of /buses/0 already; expected an id that no other bus has',
      '/buses/0/timeout: "0 s" is too short; expected at least 1 ms',
      "/buses/1/device: /dev/i2c-1 is /buses/0 already; expected another device; sensors on the same one belong to the same bus",
      '/buses/2/device: the board has no I2C bus "i2c-2"; expected a path such as /dev/i2c-1, or one of i2c-1 (did you mean i2c-1?)',
    ],
  );
  t.deepEqual(texts(checkBuses([{ id: "a", device: "anything" }], undefined)), []);
});

test("the schema tells which chips, quantities and addresses there are", (t) => {
  const tell = (sensor: object): readonly string[] => texts(checkSchema(SensorConfig, JSON.parse(JSON.stringify(sensor))));
  t.deepEqual(tell(climate), []);
  t.deepEqual(tell({ ...climate, chip: "bme208" }), [
    '/chip: "bme208" is not allowed; expected one of bme280, sht31, ads1115, register-map (did you mean bme280?)',
  ]);
  t.deepEqual(tell({ ...climate, address: 0x40, oversampling: 3 }), [
    "/address: 64 is not allowed; expected one of 118, 119",
    "/oversampling: 3 is not allowed; expected one of 1, 2, 4, 8, 16",
  ]);
  t.deepEqual(tell({ ...climate, points: [{ id: "t", quantity: "temprature" }] }), [
    '/points/0/quantity: "temprature" is not allowed; expected one of temperature, humidity, pressure (did you mean temperature?)',
  ]);
  t.deepEqual(texts(checkSchema(BusConfig, { id: "a", device: "" })), ['/device: "" is not allowed; expected text that is not empty']);
});
