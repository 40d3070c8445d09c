import { playHistory } from "../simulation/history.ts";
import type { Figure } from "./figure.ts";

const usual = 100;
/** Any seed, and never one of those of the tests. */
const firstSeed = (): number => 1_000_000 + Math.floor(Math.random() * 0x7000_0000);

/** Plays histories of the link under random seeds, as many as the command line says; a history that breaks prints its seed, and the rest goes on. */
export async function bench(): Promise<readonly Figure[]> {
  const asked = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? usual);
  const begun = performance.now();
  let broken = 0;
  let stored = 0;
  let commands = 0;
  for (let played = 0; played < asked; played++) {
    const seed = firstSeed();
    const isHarsh = played % 5 === 4;
    const isTight = played % 5 === 3;
    try {
      const figures = await playHistory({ seed, steps: 200, isHarsh, isTight });
      stored += figures.stored;
      commands += figures.commands;
    } catch (error) {
      broken++;
      console.log(
        `history ${played + 1}${isHarsh ? " (harsh)" : isTight ? " (tight)" : ""}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const rate = (asked * 1000) / (performance.now() - begun);
  return [
    { name: `link, broken histories of ${asked}`, value: broken, unit: "histories", goal: "0", reached: broken === 0 },
    { name: "link, records kept and commands ended in them", value: stored + commands, unit: "records" },
    { name: "link, histories played", value: rate, unit: "1/s" },
  ];
}
