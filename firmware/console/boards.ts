import linuxGeneric from "../../boards/linux-generic/board.json" with { type: "json" };
import luckfoxPicoMax from "../../boards/luckfox-pico-max/board.json" with { type: "json" };
import raspberryPiZero2 from "../../boards/raspberry-pi-zero-2/board.json" with { type: "json" };
import simulated from "../../boards/simulated/board.json" with { type: "json" };
import type { BoardFacts } from "../../shared/console/board-facts.ts";

/** The boards that a configuration may name, with what they have and bear. A test holds this list against the folders of `boards/`. */
export const boards: ReadonlyMap<string, BoardFacts> = new Map(
  [linuxGeneric, luckfoxPicoMax, raspberryPiZero2, simulated].map((board) => [board.name, board]),
);
