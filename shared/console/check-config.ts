import { checkDevice, checkUniqueIds } from "../acquisition/check-device.ts";
import { checkLine, checkSerialLines } from "../acquisition/check-line.ts";
import type { DeviceConfig } from "../acquisition/device-config.ts";
import { checkAddresses, checkBuses, checkSensor } from "../acquisition/i2c/check-sensor.ts";
import { type Calendar, checkSchedule } from "../acquisition/tasks/check-schedule.ts";
import { defaultScheduleName } from "../acquisition/tasks/resolve-schedule.ts";
import { pointerTo } from "../base/json-pointer.ts";
import { mostProblems, type Problem } from "../base/problem.ts";
import { checkBroker } from "../broker/check-broker.ts";
import { checkUplink } from "../connectors/check-uplink.ts";
import { checkModbusServer } from "../connectors/modbus-server/check-modbus-server.ts";
import { sourcePoints } from "../connectors/modbus-server/source-point.ts";
import { checkJournal } from "../pipeline/check-journal.ts";
import { checkTwin } from "../twin/check-twin.ts";
import type { BoardFacts } from "./board-facts.ts";
import { checkBoard } from "./check-board.ts";
import { checkPorts } from "./check-ports.ts";
import { checkFeatures, checkThings } from "./check-things.ts";
import { checkWatchdog } from "./check-watchdog.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { defaultBoardName } from "./resolve-config.ts";

/** What the checks have to ask others about. */
export interface ConfigContext {
  readonly calendar: Calendar;
  /** The boards there are, by the names of their folders; `undefined`: any name will do and nothing is bounded. */
  readonly boards?: ReadonlyMap<string, BoardFacts> | undefined;
}

/** Two things that poll the same unit would each take half of its time and write over each other. */
function* checkUnits(devices: readonly DeviceConfig[]): Generator<Problem> {
  const first = new Map<string, number>();
  for (const [index, { line, unit = 1 }] of devices.entries()) {
    const place = `${unit} of line "${line}"`;
    const earlier = first.get(place);
    if (earlier === undefined) first.set(place, index);
    else
      yield { path: `/devices/${index}/unit`, message: `unit ${place} is /devices/${earlier} already`, expected: "another unit or line" };
  }
}

function* checkAcquisition(config: PenstockConfig, { calendar }: ConfigContext, board: BoardFacts | undefined): Generator<Problem> {
  const { lines = [], devices = [], buses = [], sensors = [], schedules = {} } = config;
  yield* checkUniqueIds("/lines", lines, "line");
  for (const [index, line] of lines.entries()) yield* checkLine(pointerTo("/lines", index), line);
  yield* checkSerialLines(lines, board?.serialPorts);
  for (const [name, schedule] of Object.entries(schedules)) yield* checkSchedule(pointerTo("/schedules", name), schedule, calendar);
  yield* checkThings(config);
  yield* checkUnits(devices);
  const known = {
    lines: new Set(lines.map((line) => line.id)),
    serialLines: new Set(lines.filter(({ protocol }) => protocol !== "modbus-tcp").map((line) => line.id)),
    schedules: new Set([defaultScheduleName, ...Object.keys(schedules)]),
  };
  for (const [index, device] of devices.entries()) yield* checkDevice(pointerTo("/devices", index), device, known);
  yield* checkBuses(buses, board?.buses);
  yield* checkAddresses(sensors);
  const knownToSensors = { buses: new Set(buses.map((bus) => bus.id)), schedules: known.schedules };
  for (const [index, sensor] of sensors.entries()) yield* checkSensor(pointerTo("/sensors", index), sensor, knownToSensors);
}

function* checkAll(config: PenstockConfig, context: ConfigContext): Generator<Problem> {
  const { boards } = context;
  const { broker = {}, devices = [], journal, modbusServer, sensors = [], twin = {}, uplink, watchdog } = config;
  const board = boards?.get(config.board ?? defaultBoardName);
  const points = sourcePoints(devices, sensors);
  yield* checkAcquisition(config, context, board);
  if (boards !== undefined) yield* checkBoard(config, boards);
  yield* checkBroker(broker);
  yield* checkTwin(twin);
  yield* checkFeatures(config);
  if (journal !== undefined) yield* checkJournal(journal, { things: new Set(points.keys()), journalBytes: board?.limits.journalBytes });
  if (uplink !== undefined) {
    // Two boards of one name would take each other's place at the gateway.
    if (config.id === undefined)
      yield { path: "/id", message: "missing", expected: "the board's own name among all boards of its gateway, since there is an uplink" };
    yield* checkUplink("/uplink", uplink);
  }
  if (modbusServer !== undefined) yield* checkModbusServer("/modbusServer", modbusServer, points);
  if (watchdog !== undefined) yield* checkWatchdog(watchdog);
  yield* checkPorts(config);
}

/** All that is wrong with a configuration though it fits its schema: contradictions and references to nothing. At most {@link mostProblems}. */
export function checkConfig(config: PenstockConfig, context: ConfigContext): readonly Problem[] {
  const problems: Problem[] = [];
  for (const problem of checkAll(config, context)) {
    problems.push(problem);
    if (problems.length === mostProblems) break;
  }
  return problems;
}
