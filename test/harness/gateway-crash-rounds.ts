import { checkPromises, type GatewayFaults, settle } from "./gateway-check.ts";
import { GatewayEvents } from "./gateway-events.ts";
import { GatewayLoad } from "./gateway-load.ts";
import { GatewayPlant, ownBoard } from "./gateway-plant.ts";
import { GatewayWitness } from "./gateway-witness.ts";

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const remote: readonly string[] = ["east", "west"];
/** So long everything may take to come to its end after the last kill. */
const patience = 120_000;
/** The own board is given up for a minute after five ends; another supervisor begins with a clean sheet. */
const mostOwnKills = 2;

/** What became of the promises of a gateway and its boards that were killed again and again. */
export interface GatewayTally extends GatewayFaults {
  readonly kills: number;
  readonly supervisorKills: number;
  /** Acknowledged. */
  readonly operations: number;
  readonly patches: number;
  readonly things: number;
  /** Events that a subscriber had over all breaks. */
  readonly events: number;
  /** What had not come to its end in time. */
  readonly open: readonly string[];
}

export type Victim = "supervisor" | "own" | "both" | "east" | "west" | "all";
const victims: readonly Victim[] = ["supervisor", "own", "both", "east", "west", "all"];

/** Kills at random: so many victims, chosen by `random`. */
export function* randomVictims(kills: number, random: () => number): Generator<Victim> {
  let own = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = victims[Math.floor(random() * victims.length)] ?? "supervisor";
    if (victim === "own") own += 1;
    else if (victim !== "east" && victim !== "west") own = 0;
    const isTooOften = own > mostOwnKills;
    if (isTooOften) own = 0;
    yield isTooOften ? "both" : victim;
  }
}

/** Kills supervisor and boards of a gateway under load, one victim a round, and looks at the end whether all of them kept what was promised. @param told before each kill */
export async function gatewayCrashRounds(
  rounds: Iterable<Victim>,
  random: () => number,
  told: (kill: number, victim: Victim) => void = () => {},
): Promise<GatewayTally> {
  const plant = await GatewayPlant.start(remote);
  const [load, witness] = [new GatewayLoad(plant), await GatewayWitness.open(plant.broker)];
  const events = new GatewayEvents(() => plant.gateway, 0);
  let kills = 0;
  let supervisorKills = 0;
  try {
    load.begin();
    await wait(1000);
    for (const victim of rounds) {
      await wait(random() * 600);
      kills += 1;
      if (victim === "supervisor" || victim === "both" || victim === "all") supervisorKills += 1;
      told(kills, victim);
      await kill(plant, victim, random);
    }
    await load.end();
    const open = await settle(plant, load, witness, patience);
    const faults = await checkPromises(plant, load, witness);
    await events.close();
    const { operations, patches, things } = load;
    return {
      ...faults,
      disordered: [...faults.disordered, ...events.faults, ...load.faults],
      kills,
      supervisorKills,
      operations: operations.length,
      patches,
      things: things.length,
      events: events.count,
      open,
    };
  } finally {
    await load.end();
    await events.close();
    witness.close();
    await plant.close();
  }
}

async function kill(plant: GatewayPlant, victim: Victim, random: () => number): Promise<void> {
  if (victim === "east" || victim === "west") {
    await plant.killBoard(victim);
    await wait(random() * 300);
    await plant.startBoard(victim);
    return;
  }
  if (victim !== "own") await plant.gateway.killSupervisor();
  if (victim !== "supervisor") await plant.killBoard(ownBoard);
  if (victim === "all") for (const board of remote) await plant.killBoard(board);
  await wait(random() * 300);
  if (victim !== "own") await plant.startGateway();
  if (victim === "all") for (const board of remote) await plant.startBoard(board);
}
