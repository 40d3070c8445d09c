import { crashRounds } from "../harness/crash-rounds.ts";
import type { Figure } from "./figure.ts";

const usualKills = 50;

/** A board that is killed under load, so often as the command line says: `npm run bench crash -- 1000`. */
export async function bench(): Promise<readonly Figure[]> {
  const asked = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? usualKills);
  const tally = await crashRounds(asked, ({ kills, lost, unopened }) => {
    if (kills % 100 === 0) console.log(`${kills} kills, ${lost.length} losses, ${unopened.length} stores not in order`);
  });
  for (const one of [...tally.lost, ...tally.unopened].slice(0, 20)) console.log(one);
  const { kills, writes, messages, records, commands } = tally;
  const load = `${kills} kills: ${writes} desired values, ${messages} messages, ${records} records and ${commands} commands were acknowledged`;
  const figure = (name: string, value: number): Figure => ({ name, value, unit: "", goal: "0", reached: value === 0 });
  return [
    figure(`acknowledged and lost, or kept twice (${load})`, tally.lost.length),
    figure("stores that did not open in order", tally.unopened.length),
  ];
}
