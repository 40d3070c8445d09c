import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crashStore } from "../harness/gateway-store-crashes.ts";
import type { Figure } from "./figure.ts";

const usualKills = 50;

/** The gateway's store that is killed under load, so often as the command line says: `npm run bench -- store-crash 500`. */
export async function bench(): Promise<readonly Figure[]> {
  const asked = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? usualKills);
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  try {
    const { kills, promised, faults } = await crashStore(home, asked);
    for (const fault of faults.slice(0, 20)) console.log(fault);
    const name = `changes of the gateway's store that were acknowledged and lost, or kept in part (${kills} kills, ${promised} changes)`;
    return [{ name, value: faults.length, unit: "", goal: "0", reached: faults.length === 0 }];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
