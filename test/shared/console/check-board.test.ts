import test from "ava";
import { problemTexts, someDevice, someLine, withDevice } from "../../harness/config-problems.ts";

const tells = test.macro({
  exec(t, config: unknown, ...expected: readonly string[]) {
    t.deepEqual(problemTexts(config), expected);
  },
  title: (what = "") => `tells of ${what}`,
});

const rtu = { id: "rs485", protocol: "modbus-rtu", device: "/dev/ttyUSB0" };
const bus = { id: "i2c", device: "/dev/i2c-1" };
const sensor = { id: "air", bus: "i2c", chip: "sht31", points: [{ id: "t", quantity: "temperature" }] };

test(
  "serial ports that are neither paths nor the board's",
  tells,
  { board: "simulated", lines: [{ ...rtu, device: "uart-3" }] },
  '/lines/0/device: the board has no serial port "uart-3"; expected a path such as /dev/ttyUSB0, or one of uart-1, uart-2 (did you mean uart-1?)',
);
test(
  "a serial port by name on a board that has none",
  tells,
  { lines: [{ ...rtu, device: "ttyUSB0" }] },
  '/lines/0/device: the board has no serial port "ttyUSB0"; expected a path such as /dev/ttyUSB0',
);
test(
  "what a serial port cannot do, its default counted",
  tells,
  { board: "simulated", lines: [{ ...rtu, device: "uart-2", rs485: "kernel" }] },
  "/lines/0/parity: even by default, but serial port uart-2 sends no parity bit; expected none, which has two stop bits",
  '/lines/0/rs485: "kernel", but nothing on serial port uart-2 turns the line round; expected automatic, with a transceiver that finds the direction by itself',
);
test(
  "two lines on one serial port, named by path and by id",
  tells,
  {
    board: "simulated",
    lines: [
      { ...rtu, device: "uart-1" },
      { ...rtu, id: "b", device: "/dev/ttyS1" },
    ],
  },
  "/lines/1/device: /dev/ttyS1 is the serial port of /lines/0 already; expected another serial port; units on the same one belong to the same line",
);
test(
  "units that a serial line cannot address",
  tells,
  {
    lines: [rtu, { id: "tunnel", protocol: "modbus-rtu-tcp", host: "192.0.2.2" }, someLine],
    devices: [
      { ...someDevice, id: "a", line: "rs485", unit: 0 },
      { ...someDevice, id: "b", line: "tunnel", unit: 248 },
      { ...someDevice, id: "c", line: "plc", unit: 255 },
    ],
  },
  '/devices/0/unit: unit 0 is the broadcast of serial line "rs485": nobody answers it; expected a unit from 1 to 247',
  '/devices/1/unit: unit 248 is reserved on serial line "tunnel"; expected a unit from 1 to 247',
);
test(
  "a bus that is not the board's, and one given twice",
  tells,
  {
    board: "simulated",
    buses: [
      { ...bus, device: "i2c-stb" },
      { id: "b", device: "i2c-stub" },
      { id: "c", device: "/dev/i2c-0" },
    ],
  },
  '/buses/0/device: the board has no I2C bus "i2c-stb"; expected a path such as /dev/i2c-1, or one of i2c-stub (did you mean i2c-stub?)',
  "/buses/2/device: /dev/i2c-0 is /buses/1 already; expected another device; sensors on the same one belong to the same bus",
);
test(
  "things of the same name, whatever they are",
  tells,
  { id: "air", ...withDevice({ id: "air" }), buses: [bus], sensors: [sensor, { ...sensor, address: 0x45 }] },
  '/sensors/1/id: "air" is the id of /sensors/0 already; expected an id that no other sensor has',
  '/sensors/0/id: "air" is the id of /devices/0 already; expected an id that no device has',
  '/sensors/1/id: "air" is the id of /devices/0 already; expected an id that no device has',
  '/devices/0/id: "air" is the id of the board itself; expected another id, or another /id of the board',
  '/sensors/0/id: "air" is the id of the board itself; expected another id, or another /id of the board',
  '/sensors/1/id: "air" is the id of the board itself; expected another id, or another /id of the board',
);
test(
  "more than the board has room for, points of sensors counted",
  tells,
  {
    buses: [bus],
    sensors: [{ ...sensor, points: Array.from({ length: 7 }, (_, index) => ({ id: `t${index}`, quantity: "temperature" })) }],
    twin: { maxFeatures: 1025 },
    journal: { maxBytes: 3_145_728 },
  },
  "/sensors: 7 points are too many for board linux-generic; expected at most 6",
  "/twin/maxFeatures: 1025 features are too many for the 1 MiB of twins of board linux-generic; expected at most 1024",
  "/journal/maxBytes: 3145728 bytes are more than the board grants; expected at most 2097152",
);
test(
  "a bound of features that the points break",
  tells,
  { ...withDevice({ points: [0, 1, 2].map((address) => ({ id: `p${address}`, area: "input", address })) }), twin: { maxFeatures: 2 } },
  "/twin/maxFeatures: 2 features cannot hold the 3 points of the configuration; expected at least 3",
);
test(
  "a watchdog that the board lacks",
  tells,
  { watchdog: { device: "board" } },
  "/watchdog/device: board linux-generic has no watchdog to rely on; expected a path such as /dev/watchdog",
);
test(
  "a watchdog that is no path, and an interval of nothing",
  tells,
  { watchdog: { device: "watchdog", interval: "100 ms" } },
  '/watchdog/device: "watchdog" is no path; expected a path such as /dev/watchdog, or board',
  '/watchdog/interval: "100 ms" is too short; expected at least 500 ms',
);

test("what the board has may be named", (t) => {
  const config = {
    board: "simulated",
    lines: [{ ...rtu, device: "uart-1" }],
    buses: [{ ...bus, device: "i2c-stub" }],
    watchdog: { device: "board" },
    journal: { maxBytes: 2_097_152 },
  };
  t.deepEqual(problemTexts(config), []);
});
