import { CrashLink } from "./crash-link.ts";
import { CrashLoad, crashConfig, spareFeature } from "./crash-load.ts";
import { FarmProcess } from "./farm-process.ts";
import { RunningBoard } from "./running-board.ts";

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** What became of the promises of a board that was killed again and again. */
export interface CrashTally {
  readonly kills: number;
  /** Desired values that were answered, messages that were acknowledged, records that reached the gateway, commands that were carried out. */
  readonly writes: number;
  readonly messages: number;
  readonly records: number;
  readonly commands: number;
  /** Stores that were not found in order. */
  readonly unopened: readonly string[];
  readonly lost: readonly string[];
}

/**
 * Kills a board at random moments under load, so many times, and looks after each start whether it kept what it promised to its clients and to its gateway.
 * @param told after each kill
 */
export async function crashRounds(kills: number, told: (tally: CrashTally) => void = () => {}): Promise<CrashTally> {
  const [farm, link, load] = [await FarmProcess.start(), await CrashLink.start(), new CrashLoad()];
  const config = crashConfig(farm.port, link);
  let board = await RunningBoard.start({ config });
  const lost: string[] = [];
  const unopened: string[] = [];
  const tally = (done: number): CrashTally => ({
    kills: done,
    writes: load.writes,
    messages: load.messages,
    records: link.records,
    commands: link.commands,
    unopened,
    lost,
  });
  try {
    // The subscriber that is away from now on leaves its subscription.
    lost.push(...(await load.lost(board)));
    for (let round = 1; round <= kills; round += 1) {
      await load.begin(board);
      await link.command("unit", spareFeature, round % 60_000);
      await wait(100 + Math.random() * 500);
      await board.kill();
      load.release();
      board = await RunningBoard.start({ config, data: board.data });
      const { checks } = await board.checkHealth();
      for (const store of ["store twin", "store broker", "store journal"])
        if (checks.get(store) !== "ok") unopened.push(`${store} after kill ${round}`);
      lost.push(...(await load.lost(board)), ...(await link.lost()));
      told(tally(round));
    }
    const code = await board.stop();
    if (code !== 0) lost.push(`the board ended with ${code}`);
    return tally(kills);
  } finally {
    await board.clean();
    await link.close();
    await farm.stop();
  }
}
