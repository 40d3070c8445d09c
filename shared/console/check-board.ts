import { orMaybe } from "../base/check-schema.ts";
import type { Problem } from "../base/problem.ts";
import { type BoardFacts, featureBytes } from "./board-facts.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { pointsOf } from "./points-of.ts";
import { defaultBoardName } from "./resolve-config.ts";

const mebibytes = (bytes: number): string => `${Math.round((bytes / 1_048_576) * 10) / 10} MiB`;

function* checkLimits(config: PenstockConfig, board: string, limits: BoardFacts["limits"]): Generator<Problem> {
  const points = pointsOf(config);
  if (points > limits.points) {
    const path = config.devices === undefined ? "/sensors" : "/devices";
    yield { path, message: `${points} points are too many for board ${board}`, expected: `at most ${limits.points}` };
  }
  const clients = config.broker?.limits?.clients;
  if (clients !== undefined && clients > limits.clients) {
    const path = "/broker/limits/clients";
    yield { path, message: `${clients} clients are too many for board ${board}`, expected: `at most ${limits.clients}` };
  }
  const features = config.twin?.maxFeatures;
  const mostFeatures = Math.floor(limits.twinBytes / featureBytes);
  if (features !== undefined && features > mostFeatures) {
    const message = `${features} features are too many for the ${mebibytes(limits.twinBytes)} of twins of board ${board}`;
    yield { path: "/twin/maxFeatures", message, expected: `at most ${mostFeatures}` };
  }
}

/** Tells of what the board that a configuration names does not have or bear. */
export function* checkBoard(config: PenstockConfig, boards: ReadonlyMap<string, BoardFacts>): Generator<Problem> {
  const { board = defaultBoardName, watchdog } = config;
  const facts = boards.get(board);
  if (facts === undefined) {
    const expected = orMaybe(`one of ${[...boards.keys()].join(", ")}`, board, boards.keys());
    yield { path: "/board", message: `there is no board "${board}"`, expected };
    return;
  }
  yield* checkLimits(config, board, facts.limits);
  if (watchdog?.device === "board" && facts.watchdog === undefined) {
    yield { path: "/watchdog/device", message: `board ${board} has no watchdog to rely on`, expected: "a path such as /dev/watchdog" };
  }
}
