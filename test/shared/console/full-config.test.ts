import test from "ava";
import { Check } from "typebox/schema";
import { boards } from "../../../firmware/console/boards.ts";
import { cronCalendar } from "../../../firmware/console/cron-calendar.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { JsonSchema } from "../../../shared/base/json-schema.ts";
import { millis } from "../../../shared/base/units.ts";
import { checkConfig } from "../../../shared/console/check-config.ts";
import { jsonSchemas } from "../../../shared/console/json-schemas.ts";
import { parseDocument } from "../../../shared/console/parse-document.ts";
import { PenstockConfig } from "../../../shared/console/penstock-config.ts";
import { resolveConfig } from "../../../shared/console/resolve-config.ts";
import { fullConfig } from "./full-config.ts";

const text = JSON.stringify(fullConfig, undefined, 2);
const config = parseDocument("penstock.json", text, PenstockConfig);

/** Every key that a schema knows, with those around it: `lines[].host`. */
function keysOfSchema(schema: JsonSchema, path = ""): readonly string[] {
  const inner = [
    ...(schema.anyOf ?? []).flatMap((branch) => keysOfSchema(branch, path)),
    ...(schema.items === undefined ? [] : keysOfSchema(schema.items, `${path}[]`)),
    ...Object.values(schema.patternProperties ?? {}).flatMap((part) => keysOfSchema(part, `${path}.<name>`)),
  ];
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const place = path === "" ? key : `${path}.${key}`;
    inner.push(place, ...keysOfSchema(part, place));
  }
  return inner;
}

function keysOfValue(value: JsonValue, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => keysOfValue(item, `${path}[]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const name = path === "schedules" || path.endsWith(".names") ? "<name>" : key;
    const place = path === "" ? name : `${path}.${name}`;
    return [place, ...keysOfValue(item ?? null, place)];
  });
}

test("the full configuration uses every key there is", (t) => {
  const used = new Set(keysOfValue(fullConfig));
  t.deepEqual(
    [...new Set(keysOfSchema(PenstockConfig))].filter((key) => !used.has(key)),
    [],
  );
});

test("the full configuration is good by its schema, for editors too, and by all checks", (t) => {
  t.true(Check(jsonSchemas()["penstock.schema.json"] ?? {}, JSON.parse(text)));
  t.deepEqual(checkConfig(config, { calendar: cronCalendar, boards }), []);
});

test("the full configuration resolves as a whole: names of the board's devices are paths, files are where the configuration is", (t) => {
  const resolved = resolveConfig(config, boards.get("luckfox-pico-max"), (given) => `/etc/penstock/${given}`);
  t.deepEqual(
    resolved.lines.map((line) => ("device" in line ? line.device : line.host)),
    ["192.0.2.1", "/dev/ttyS3", "192.0.2.7"],
  );
  t.deepEqual(
    resolved.buses.map(({ device }) => device),
    ["/dev/i2c-3"],
  );
  t.deepEqual(
    resolved.sensors.map(({ thing, unit }) => [thing, unit]),
    [
      ["air", 118],
      ["outside", 68],
      ["loop", 72],
      ["clock", 104],
    ],
  );
  const { ca, certificate, key, passwordFile } = resolved.uplink ?? {};
  t.deepEqual(
    [passwordFile, ca, certificate, key],
    ["/etc/penstock/gateway.password", "/etc/penstock/gateway.crt", "/etc/penstock/north.crt", "/etc/penstock/north.key"],
  );
  t.deepEqual(resolved.watchdog, { device: "/dev/watchdog", interval: millis(5000) });
  t.is(resolved.journal?.streams[2]?.id, "energy");
  t.is(resolved.modbusServer?.registers.length, 3);
});

test("a journal stands where an uplink stands, with what the board grants", (t) => {
  t.is(resolveConfig({}).journal, undefined);
  const board = boards.get("luckfox-pico-max");
  const { journal } = resolveConfig({ uplink: { url: "mqtt://gateway" } }, board);
  t.is(
    journal?.streams.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
    board?.limits.journalBytes,
  );
  t.truthy(resolveConfig({ journal: {} }).journal);
});
