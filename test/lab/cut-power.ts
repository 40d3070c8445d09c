import type { CrashLink } from "../harness/crash-link.ts";
import type { VirtualBoard } from "../harness/virtual-board.ts";
import { AcknowledgedLoad } from "./acknowledged-load.ts";
import { checksOf } from "./board-checks.ts";

export interface PowerCuts {
  /** A point that may be written. */
  readonly thing: string;
  readonly feature: string;
  readonly cuts: number;
  /** The gateway that the board brings its journal to. */
  readonly link: Pick<CrashLink, "lost" | "records">;
}

/** Promises that a board has to make before its power is cut. */
const leastPromises = 4;
/** The power is cut at a moment of this time, ms, after those. */
const window = 1500;
/** So long the gateway may wait for what the board called durable, ms. */
const patience = 60_000;

/**
 * Cuts the power of a board under load again and again, each time at another moment, and starts it again.
 * @returns what it lost though it had been acknowledged, and which stores did not open in order: one sentence each
 */
export async function cutPower(board: VirtualBoard, { thing, feature, cuts, link }: PowerCuts): Promise<readonly string[]> {
  const load = new AcknowledgedLoad({ thing, feature });
  const faults: string[] = [];
  await load.subscribe(board);
  for (let cut = 1; cut <= cuts; cut += 1) {
    await load.begin(board);
    await load.promised(leastPromises);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * window));
    await board.powerCut();
    load.release();
    await board.boot();
    await board.serving();
    const lost = [...(await load.lost(board)), ...(await link.lost(patience))];
    faults.push(...lost.map((loss) => `power cut ${cut}: ${loss}`));
    const { checks } = await checksOf(board);
    for (const [name, state] of checks)
      if (name.startsWith("store ") && state !== "ok") faults.push(`power cut ${cut}: ${name} is ${state}`);
  }
  if (link.records === 0) faults.push("no record of the journal reached the gateway");
  return faults;
}
