import test from "ava";
import { BoardHealth } from "../../../firmware/console/board-health.ts";
import { healthReport } from "../../../firmware/console/health.ts";
import { UplinkHealth } from "../../../firmware/console/uplink-health.ts";
import { instant } from "../../../shared/base/units.ts";
import type { UplinkState } from "../../../shared/connectors/ports.ts";

const uplink = (state: UplinkState) => new UplinkHealth({ state: () => state });

test("the worst part decides about the whole", (t) => {
  const parts = (...states: readonly ("ok" | "degraded" | "failing")[]) =>
    states.map((state) => ({ health: () => [{ name: state, state }] }));
  t.is(healthReport([]).state, "ok");
  t.is(healthReport(parts("ok", "degraded", "ok")).state, "degraded");
  t.is(healthReport(parts("degraded", "failing", "ok")).state, "failing");
  t.is(healthReport(parts("ok", "failing")).checks.length, 2);
});

test("a bus that is stuck degrades the board, as a line does, and a store that refuses fails it", (t) => {
  const board = new BoardHealth({
    lines: [{ id: "plc", up: true }],
    buses: [
      { id: "i2c-0", up: true },
      { id: "i2c-1", up: false },
    ],
    devices: [{ device: { thing: "air" }, online: false, asked: true, reason: "nobody answers" }],
    stores: [{ name: "journal", recovery: "clean", writable: () => false }],
  });
  t.deepEqual(
    board.health().map(({ name, state }) => [name, state]),
    [
      ["store journal", "failing"],
      ["line plc", "ok"],
      ["bus i2c-0", "ok"],
      ["bus i2c-1", "degraded"],
      ["devices", "degraded"],
      ["device air", "degraded"],
    ],
  );
});

test("a device that is switched off degrades nothing, and is counted apart", (t) => {
  const devices = [
    { device: { thing: "air" }, online: false, asked: false, reason: "switched off" },
    { device: { thing: "pump" }, online: true, asked: true, reason: "" },
  ];
  const board = new BoardHealth({ lines: [], devices, stores: [] });
  t.deepEqual(board.health(), [{ name: "devices", state: "ok", detail: "1 of 1 answer, 1 switched off" }]);
});

test("a board without its gateway is degraded, and one that catches up is well and says how far it is", (t) => {
  t.deepEqual(uplink({ name: "connected" }).health(), [{ name: "uplink", state: "ok" }]);
  t.deepEqual(uplink({ name: "recovering", remaining: 70, etaMs: 2100 }).health(), [
    { name: "uplink", state: "ok", detail: "70 old records are on their way, about 3 s" },
  ]);
  t.is(uplink({ name: "recovering", remaining: 70, etaMs: undefined }).health()[0]?.detail, "70 old records are on their way");
  t.deepEqual(uplink({ name: "offline", since: instant(0), reason: "no route" }).health(), [
    { name: "uplink", state: "degraded", detail: "offline since 1970-01-01T00:00:00.000Z: no route" },
  ]);
});
