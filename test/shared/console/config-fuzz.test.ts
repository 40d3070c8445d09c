import test from "ava";
import fc from "fast-check";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { pointerSteps, pointerTo } from "../../../shared/base/json-pointer.ts";
import { configError, someDevice, someLine, somePoint } from "../../harness/config-problems.ts";

/** True when a pointer leads to something, or names a key that is missing from something. */
function leadsSomewhere(document: JsonValue, pointer: string): boolean {
  let value: unknown = document;
  const steps = pointerSteps(pointer);
  for (const [index, step] of steps.entries()) {
    if (typeof value !== "object" || value === null) return false;
    if (!Object.hasOwn(value, step)) return index === steps.length - 1;
    value = Reflect.get(value, step);
  }
  return true;
}

/** True when a text is a configuration, or refused with pointers that lead somewhere. */
function judges(document: JsonValue): boolean {
  const error = configError(JSON.stringify(document));
  return (
    error === undefined ||
    (error.problems.length > 0 &&
      error.problems.every(({ path, message, expected }) => leadsSomewhere(document, path) && message !== "" && expected !== ""))
  );
}

/** The places of a document where something can be changed. */
function pointersOf(value: JsonValue, pointer = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [pointer];
  return [pointer, ...Object.entries(value).flatMap(([key, item]) => pointersOf(item, pointerTo(pointer, key)))];
}

function partOf(value: JsonValue, step: string): JsonValue {
  if (Array.isArray(value)) return value[Number(step)];
  return isJsonObject(value) ? (value[step] ?? null) : null;
}

/** A copy of `document` with `change` applied at one place; `undefined` removes it. */
function changed(document: JsonValue, steps: readonly string[], change: JsonValue | undefined): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change;
  if (Array.isArray(document)) {
    return document.flatMap((item: JsonValue, index) => (String(index) === step ? (changed(item, rest, change) ?? []) : [item]));
  }
  if (typeof document !== "object" || document === null) return document;
  const entries = Object.entries(document).map(([key, item]) => [key, key === step ? changed(item, rest, change) : item]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

const rich: JsonValue = {
  id: "north",
  board: "simulated",
  lines: [
    { ...someLine, port: 5020, inFlight: 4, timeout: "1 s" },
    { id: "rs485", protocol: "modbus-rtu", device: "uart-1", parity: "odd" },
    { id: "tunnel", protocol: "modbus-rtu-tcp", host: "192.0.2.3", turnaround: "5 ms" },
  ],
  devices: [
    {
      ...someDevice,
      unit: 3,
      schedule: "fast",
      limits: { registers: 100, bridge: false },
      points: [
        { ...somePoint, type: "float32", order: "CDAB", scale: 0.1, report: { mode: "change", percent: 1, heartbeat: "60 s" } },
        { id: "run", area: "coil", address: 4, write: { values: [true, false], perMinute: 10 } },
        { id: "state", area: "input", address: 9, names: { "0": "off", "1": "on" }, schedule: "shift" },
      ],
    },
    { ...someDevice, id: "drive", line: "rs485", unit: 1 },
  ],
  buses: [{ id: "i2c", device: "i2c-stub" }],
  sensors: [
    { id: "air", bus: "i2c", chip: "sht31", points: [{ id: "t", quantity: "temperature" }] },
    { id: "chip", bus: "i2c", chip: "register-map", address: 9, points: [{ id: "r", register: 3, length: 2, bits: 12 }] },
  ],
  journal: { maxBytes: 1_048_576, streams: [{ id: "drives", things: ["drive"], maxBytes: 262_144 }] },
  uplink: { url: "mqtts://gateway:8883", username: "north", passwordFile: "password", certificate: "c.pem", key: "k.pem" },
  modbusServer: {
    allow: ["127.0.0.1"],
    registers: [
      { thing: "pump", feature: "level", area: "input", address: 0, type: "float32" },
      { thing: "pump", feature: "run", area: "coil", address: 0, write: true },
      { thing: "air", feature: "t", area: "holding", address: 4, scale: 0.1 },
    ],
  },
  watchdog: { device: "board", interval: "10 s" },
  schedules: { fast: { every: "100 ms", priority: 1 }, shift: { cron: "0 6 * * 1-5", zone: "Europe/Berlin" }, first: { once: "5 s" } },
  broker: { listeners: [{ protocol: "mqtt" }], limits: { clients: 10 } },
  twin: { commitInterval: "200 ms" },
  health: { port: 0 },
};
const json = fc.jsonValue({ maxDepth: 4 });

test("the rich configuration that the mutations start from is valid", (t) => {
  t.is(configError(JSON.stringify(rich)), undefined);
});

test("any JSON is valid or refused with pointers that lead somewhere", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(json, (document) => judges(JSON.parse(JSON.stringify(document)))),
      { numRuns: 500 },
    ),
  );
});

test("a valid configuration with any one thing changed or removed is valid or refused with pointers that lead somewhere", (t) => {
  const places = pointersOf(rich).filter((pointer) => pointer !== "");
  const mutation = fc.tuple(fc.constantFrom(...places), fc.option(json, { nil: undefined }));
  t.notThrows(() =>
    fc.assert(
      fc.property(mutation, ([pointer, change]) => {
        const mutant = changed(rich, pointerSteps(pointer), change === undefined ? undefined : JSON.parse(JSON.stringify(change)));
        return judges(mutant ?? null);
      }),
      { numRuns: 1500 },
    ),
  );
});

test("a valid configuration with one of its values in place of another is valid or refused with pointers that lead somewhere", (t) => {
  const places = fc.constantFrom(...pointersOf(rich).filter((pointer) => pointer !== ""));
  const valueAt = (pointer: string): JsonValue => pointerSteps(pointer).reduce<JsonValue>((value, step) => partOf(value, step), rich);
  t.notThrows(() =>
    fc.assert(
      fc.property(places, places, (to, from) => judges(changed(rich, pointerSteps(to), valueAt(from)) ?? null)),
      { numRuns: 1500 },
    ),
  );
});

test("any damaged text is JSON or refused at a place inside of it", (t) => {
  const source = JSON.stringify(rich, undefined, 1);
  const damage = fc.tuple(fc.nat(source.length), fc.nat(3), fc.string({ maxLength: 3 }));
  t.notThrows(() =>
    fc.assert(
      fc.property(damage, ([at, length, insert]) => {
        const text = source.slice(0, at) + insert + source.slice(at + length);
        const lines = text.split("\n");
        const problems = configError(text)?.problems ?? [];
        return problems.every(({ place }) => place.column >= 1 && place.column <= (lines[place.line - 1]?.length ?? -1) + 1);
      }),
      { numRuns: 1000 },
    ),
  );
});
