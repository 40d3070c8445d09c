import test from "ava";
import { resolveSensor } from "../../../../shared/acquisition/i2c/resolve-sensor.ts";
import { resolveDevice } from "../../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../../shared/acquisition/resolve-line.ts";
import { millis } from "../../../../shared/base/units.ts";
import { describeThings } from "../../../../shared/connectors/link/describe-things.ts";

const line = resolveLine({ id: "line-1", protocol: "modbus-tcp", host: "127.0.0.1" });

test("a board describes itself, its devices and its sensors, as configured and as they are polled", (t) => {
  const device = resolveDevice(
    {
      id: "pump",
      name: "Pump 1",
      line: "line-1",
      points: [
        { id: "level", area: "holding", address: 0, unit: "m", description: "of the sump" },
        { id: "running", area: "coil", address: 0 },
        { id: "mode", area: "holding", address: 1, names: { "0": "off", "1": "on" }, write: { values: ["off", "on"] } },
        { id: "label", area: "holding", address: 2, type: "string", length: 8 },
        { id: "curve", area: "holding", address: 10, count: 4 },
        { id: "speed", area: "holding", address: 20, write: { min: -10, max: 50.5 } },
      ],
    },
    line,
  );
  const sensor = resolveSensor({ id: "air", bus: "i2c-1", chip: "sht31", points: [{ id: "t", quantity: "temperature" }] });
  const things = describeThings({
    board: "board-1",
    devices: [device],
    sensors: [sensor],
    periodsOf: (thing) => new Map(thing === "pump" ? [["level", millis(500)]] : []),
    settingsOf: (thing) => (thing === "pump" ? "settings" : undefined),
  });
  t.deepEqual(things, [
    { id: "board-1", features: [] },
    {
      id: "pump",
      name: "Pump 1",
      features: [
        { id: "level", type: "number", writable: false, unit: "m", description: "of the sump", period: 500 },
        { id: "running", type: "boolean", writable: false },
        { id: "mode", type: "text", writable: true, values: ["off", "on"] },
        { id: "label", type: "text", writable: false },
        { id: "curve", type: "list", writable: false },
        { id: "speed", type: "number", writable: true, minimum: -10, maximum: 50.5 },
        { id: "settings", type: "object", writable: true, description: "how it is polled" },
      ],
    },
    { id: "air", features: [{ id: "t", type: "number", writable: false, unit: "Cel" }] },
  ]);
});

test("texts that are too long for a message are cut, and lists left out", (t) => {
  const values = Array.from({ length: 300 }, (_, index) => index);
  const points = [{ id: "p", area: "holding" as const, address: 0, description: "x".repeat(1000), write: { values } }];
  const [, thing] = describeThings({
    board: "board-1",
    devices: [resolveDevice({ id: "pump", line: "line-1", points }, line)],
    sensors: [],
    periodsOf: () => new Map(),
    settingsOf: () => undefined,
  });
  t.is(thing?.features[0]?.description?.length, 256);
  t.is(thing?.features[0]?.values, undefined);
});
