import test from "ava";
import { problemTexts } from "../../harness/config-problems.ts";

const points = [
  { id: "level", area: "input", address: 0, type: "float32" },
  { id: "run", area: "coil", address: 0, write: {} },
  { id: "mode", area: "holding", address: 0, names: { "0": "off", "300": "auto" }, write: {} },
  { id: "label", area: "holding", address: 10, type: "string", length: 6 },
  { id: "bits", area: "coil", address: 8, count: 4 },
];
const sensors = [{ id: "air", bus: "i2c", chip: "sht31", points: [{ id: "t", quantity: "temperature" }] }];
const base = {
  lines: [{ id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" }],
  devices: [{ id: "pump", line: "plc", points }],
  buses: [{ id: "i2c", device: "/dev/i2c-1" }],
  sensors,
};
const register = { thing: "pump", feature: "level", area: "input", address: 0, type: "float32" };

const tells = test.macro({
  exec(t, extra: object, ...expected: readonly string[]) {
    t.deepEqual(problemTexts({ ...base, modbusServer: { registers: [register], ...extra } }), expected);
  },
  title: (what = "") => `tells of ${what}`,
});
const tellsOf = test.macro({
  exec(t, registers: readonly object[], ...expected: readonly string[]) {
    t.deepEqual(problemTexts({ ...base, modbusServer: { registers } }), expected);
  },
  title: (what = "") => `tells of ${what}`,
});

test(
  "things and features that are not there",
  tellsOf,
  [
    { ...register, thing: "pumpp" },
    { ...register, feature: "levl" },
    { ...register, thing: "air", feature: "level" },
  ],
  '/modbusServer/registers/0/thing: there is no device or sensor "pumpp"; expected one of pump, air (did you mean pump?)',
  '/modbusServer/registers/1/feature: there is no point of pump "levl"; expected one of level, run, mode, label, bits (did you mean level?)',
  '/modbusServer/registers/2/feature: there is no point of air "level"; expected one of t',
  "/modbusServer/registers/1/address: input 0 overlaps /modbusServer/registers/0, which takes input 0 to 1; expected an address of its own",
  "/modbusServer/registers/2/address: input 0 overlaps /modbusServer/registers/0, which takes input 0 to 1; expected an address of its own",
);
test(
  "values that overlap, whatever their order in the file",
  tellsOf,
  [
    { ...register, address: 10, type: "float64" },
    { ...register, address: 13, type: "uint16" },
    { ...register, address: 9, type: "uint16" },
    { ...register, area: "holding", address: 10 },
    { ...register, address: 12, type: "uint16" },
  ],
  "/modbusServer/registers/4/address: input 12 overlaps /modbusServer/registers/0, which takes input 10 to 13; expected an address of its own",
  "/modbusServer/registers/1/address: input 13 overlaps /modbusServer/registers/0, which takes input 10 to 13; expected an address of its own",
);
test(
  "writing what cannot be written",
  tellsOf,
  [
    { ...register, write: true },
    { thing: "air", feature: "t", area: "holding", address: 0, write: true },
  ],
  "/modbusServer/registers/0/write: area input cannot be written; expected false, or area coil or holding",
  "/modbusServer/registers/0/write: pump/level has no write rule; expected false, or a write rule of the point",
  "/modbusServer/registers/1/write: air/t has no write rule; expected false, or a write rule of the point",
);
test(
  "types that contradict area or point",
  tellsOf,
  [
    { ...register, area: "coil" },
    { ...register, area: "coil", address: 2, type: "bool" },
    { thing: "pump", feature: "run", area: "input", address: 4, type: "bool" },
    { thing: "pump", feature: "run", area: "input", address: 5, scale: 2 },
    { thing: "pump", feature: "label", area: "input", address: 6 },
    { thing: "pump", feature: "run", area: "input", address: 20, type: "string", length: 4 },
    { thing: "pump", feature: "bits", area: "discrete", address: 0 },
    { thing: "pump", feature: "mode", area: "input", address: 7, type: "float32" },
    { ...register, address: 65_535 },
  ],
  "/modbusServer/registers/0: type float32 needs registers, but area coil holds single bits; expected a layout without contradiction",
  "/modbusServer/registers/1/area: a single bit cannot hold pump/level, a number; expected input or holding",
  "/modbusServer/registers/2/type: bool takes a part of a register; expected uint16, where true is 1, or area coil or discrete",
  "/modbusServer/registers/3/scale: pump/run is true or false, which cannot be scaled; expected no scale",
  "/modbusServer/registers/4/type: uint16 cannot hold pump/label, a text; expected string, with length",
  "/modbusServer/registers/5/type: string cannot hold pump/run, a bool; expected a type of numbers",
  "/modbusServer/registers/6: pump/bits is a list of values; expected a point of one value",
  "/modbusServer/registers/7/type: the names of pump/mode do not fit: names need a type of integers, not float32; expected a type of integers that holds them, or string",
  "/modbusServer/registers/8: the value takes 2 registers from address 65535, which reaches beyond 65535; expected a layout without contradiction",
);
test(
  "addresses that are none",
  tells,
  { allow: ["192.168.1.0/24", "::1", "fd00::/8", "10.0.0.300", "10.0.0.0/33", "plc"] },
  '/modbusServer/allow/3: "10.0.0.300" is not an address; expected an IPv4 or IPv6 address, or a network as in "192.168.1.0/24"',
  '/modbusServer/allow/4: "10.0.0.0/33" is not an address; expected an IPv4 or IPv6 address, or a network as in "192.168.1.0/24"',
  '/modbusServer/allow/5: "plc" is not an address; expected an IPv4 or IPv6 address, or a network as in "192.168.1.0/24"',
);
test(
  "writing that is open to everybody",
  tells,
  { host: "0.0.0.0", registers: [{ thing: "pump", feature: "run", area: "coil", address: 0, write: true }] },
  '/modbusServer/allow: missing, though other machines can write through 0.0.0.0; expected the addresses and networks that may connect, "0.0.0.0/0" and "::/0" for all',
);
test(
  "a port that the health endpoint has by default",
  tells,
  { port: 9464 },
  "/modbusServer/port: port 9464 is that of /health already; expected a port of its own",
);
test(
  "a port that the broker has, by another name of the address",
  tells,
  { port: 1883, host: "0.0.0.0" },
  "/modbusServer/port: port 1883 is that of /broker/listeners/0 already; expected a port of its own",
);

test("a listener of the broker on the port that health has by default is told of, not the default", (t) => {
  t.deepEqual(problemTexts({ broker: { listeners: [{ protocol: "mqtt", host: "localhost", port: 9464 }] } }), [
    "/broker/listeners/0/port: port 9464 is that of /health already; expected a port of its own",
  ]);
  t.deepEqual(problemTexts({ broker: { listeners: [{ protocol: "mqtt", port: 1 }] }, health: { port: 1 } }), [
    "/health/port: port 1 is that of /broker/listeners/0 already; expected a port of its own",
  ]);
});

test("free ports never clash, nor the same port of two addresses", (t) => {
  t.deepEqual(problemTexts({ broker: { listeners: [{ protocol: "mqtt", port: 0 }] }, health: { port: 0 } }), []);
  t.deepEqual(problemTexts({ broker: { listeners: [{ protocol: "mqtt", host: "127.0.0.2", port: 9464 }] } }), []);
});
