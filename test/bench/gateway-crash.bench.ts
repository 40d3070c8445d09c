import { gatewayCrashRounds, randomVictims } from "../harness/gateway-crash-rounds.ts";
import type { Figure } from "./figure.ts";

const usualKills = 50;

/** A gateway whose supervisor and boards are killed under load, so often as the command line says: `npm run bench gateway-crash -- 100`. */
export async function bench(): Promise<readonly Figure[]> {
  const asked = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? usualKills);
  const tally = await gatewayCrashRounds(randomVictims(asked, Math.random), Math.random, (kill, victim) => {
    if (kill % 10 === 0) console.log(`kill ${kill}: ${victim}`);
  });
  const { kills, supervisorKills, records, operations, patches, things, events } = tally;
  for (const one of [...tally.lost, ...tally.doubled, ...tally.disordered, ...tally.open].slice(0, 40)) console.log(one);
  const load = `${kills} kills, ${supervisorKills} of the supervisor: ${records} records, ${operations} operations, ${patches} patches, ${things} things, ${events} events`;
  const figure = (name: string, faults: readonly string[]): Figure => ({
    name,
    value: faults.length,
    unit: "",
    goal: "0",
    reached: faults.length === 0,
  });
  return [
    figure(`acknowledged and lost (${load})`, tally.lost),
    figure("kept or done twice", tally.doubled),
    figure("out of order", tally.disordered),
    figure("not brought to its end", tally.open),
  ];
}
