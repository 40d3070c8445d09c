import test from "ava";
import { boards } from "../../../firmware/console/boards.ts";
import { cronCalendar } from "../../../firmware/console/cron-calendar.ts";
import { pumpStationConfig } from "../../../host/acquisition/pump-station-config.ts";
import { pumpStationRegisters } from "../../../host/acquisition/simulator/pump-station-registers.ts";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { checkConfig } from "../../../shared/console/check-config.ts";
import { PenstockConfig } from "../../../shared/console/penstock-config.ts";

const config = pumpStationConfig({ host: "127.0.0.1", port: 5020 });

test("the default configuration follows the schema and contradicts itself nowhere", (t) => {
  const parsed: JsonValue = JSON.parse(JSON.stringify(config));
  t.deepEqual(checkSchema(PenstockConfig, parsed), []);
  t.deepEqual(checkConfig(config, { calendar: cronCalendar, boards }), []);
});

test("every register of the station is a point, and exactly those that the station lets be written have a write rule", (t) => {
  const points = (config.devices ?? []).flatMap((device) => device.points);
  t.deepEqual(
    points.map(({ id }) => id),
    pumpStationRegisters.map(({ id }) => id),
  );
  t.deepEqual(
    points.filter(({ write }) => write !== undefined).map(({ id }) => id),
    pumpStationRegisters.filter(({ write }) => write !== undefined).map(({ id }) => id),
  );
});

test("the points show many ways in which devices keep values", (t) => {
  const points = (config.devices ?? []).flatMap((device) => device.points);
  for (const type of ["float32", "float64", "uint16", "int16", "uint32", "uint64", "bcd16", "bool", "string"] as const) {
    t.true(
      points.some((point) => point.type === type),
      type,
    );
  }
  t.deepEqual([...new Set(points.map(({ area }) => area))].sort(), ["coil", "discrete", "holding", "input"]);
  t.true(points.some(({ count }) => count !== undefined) && points.some(({ names }) => names !== undefined));
});
