import { checkDevice, checkLine, checkUniqueIds } from "../acquisition/check-device.ts";
import type { DeviceConfig } from "../acquisition/device-config.ts";
import { type Calendar, checkSchedule } from "../acquisition/tasks/check-schedule.ts";
import { defaultScheduleName } from "../acquisition/tasks/resolve-schedule.ts";
import { orMaybe } from "../base/check-schema.ts";
import { pointerTo } from "../base/json-pointer.ts";
import { mostProblems, type Problem } from "../base/problem.ts";
import { checkBroker } from "../broker/check-broker.ts";
import { checkTwin } from "../twin/check-twin.ts";
import type { BoardDescription } from "./board-description.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { defaultBoardId, defaultBoardName } from "./resolve-config.ts";

/** What the checks need of a board's description. */
export type BoardBounds = Pick<BoardDescription["limits"], "points" | "clients">;

/** What the checks have to ask others about. */
export interface ConfigContext {
  readonly calendar: Calendar;
  /** The boards there are, by the names of their folders; `undefined`: any name will do and nothing is bounded. */
  readonly boards?: ReadonlyMap<string, { readonly limits: BoardBounds }> | undefined;
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

function* checkBoard(config: PenstockConfig, boards: NonNullable<ConfigContext["boards"]>): Generator<Problem> {
  const { board = defaultBoardName, devices = [], broker } = config;
  const bounds = boards.get(board)?.limits;
  if (bounds === undefined) {
    const expected = orMaybe(`one of ${[...boards.keys()].join(", ")}`, board, boards.keys());
    yield { path: "/board", message: `there is no board "${board}"`, expected };
    return;
  }
  const points = devices.reduce((sum, device) => sum + device.points.length, 0);
  if (points > bounds.points) {
    yield { path: "/devices", message: `${points} points are too many for board ${board}`, expected: `at most ${bounds.points}` };
  }
  const clients = broker?.limits?.clients;
  if (clients !== undefined && clients > bounds.clients) {
    const path = "/broker/limits/clients";
    yield { path, message: `${clients} clients are too many for board ${board}`, expected: `at most ${bounds.clients}` };
  }
}

function* checkAll(config: PenstockConfig, { calendar, boards }: ConfigContext): Generator<Problem> {
  const { lines = [], devices = [], schedules = {}, broker = {}, twin = {}, id = defaultBoardId } = config;
  yield* checkUniqueIds("/lines", lines, "line");
  for (const [index, line] of lines.entries()) yield* checkLine(pointerTo("/lines", index), line);
  for (const [name, schedule] of Object.entries(schedules)) yield* checkSchedule(pointerTo("/schedules", name), schedule, calendar);
  yield* checkUniqueIds("/devices", devices, "device");
  yield* checkUnits(devices);
  const known = { lines: new Set(lines.map((line) => line.id)), schedules: new Set([defaultScheduleName, ...Object.keys(schedules)]) };
  for (const [index, device] of devices.entries()) {
    const path = pointerTo("/devices", index);
    if (device.id === id) {
      yield {
        path: pointerTo(path, "id"),
        message: `"${id}" is the id of the board itself`,
        expected: "another id, or another /id of the board",
      };
    }
    yield* checkDevice(path, device, known);
  }
  if (boards !== undefined) yield* checkBoard(config, boards);
  yield* checkBroker(broker);
  yield* checkTwin(twin);
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
