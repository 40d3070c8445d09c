import { planReads } from "../../shared/acquisition/reads/plan-reads.ts";
import { planCost, type ReadCost, tcpReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import { serialReadCost } from "../../shared/acquisition/reads/serial-read-cost.ts";
import type { Figure } from "./figure.ts";
import { hardMaps, type RegisterMap } from "./register-maps.ts";
import { telegrafReads } from "./telegraf-groups.ts";

const rtu = serialReadCost(9600);

/**
 * Line time of one poll of the field's hard maps against the grouping of Telegraf's `max_insert`, by the same costs. The peer is told the unit's
 * limits and holes beforehand. Over TCP, where a request costs as much as 250 registers, small limits leave nothing to choose: hence the sum.
 */
export async function bench(): Promise<readonly Figure[]> {
  return [
    ...hardMaps.map((map) => compared([map], map.name, "RTU at 9600 baud", rtu, 0.9)),
    ...hardMaps.map((map) => compared([map], map.name, "TCP", tcpReadCost, 1)),
    compared(hardMaps, "device of each kind", "TCP", tcpReadCost, 0.9),
  ];
}

function compared(maps: readonly RegisterMap[], name: string, line: string, cost: ReadCost, goal: number): Figure {
  const ours = maps.flatMap(({ wanted, limits }) => planReads(wanted, limits, cost));
  const theirs = maps.flatMap(({ wanted, limits }) => telegrafReads(wanted, limits, "max_insert"));
  const [value, peer] = [planCost(ours, cost) / 1000, planCost(theirs, cost) / 1000];
  const ratio = value / peer;
  return {
    name: `poll of ${/^[aeiou]/.test(name) ? "an" : "a"} ${name}, ${line}: ${ours.length} reads (peer: Telegraf max_insert, ${theirs.length} reads)`,
    value,
    unit: "ms",
    peer,
    ratio,
    goal: `≤ ${goal}`,
    reached: ratio <= goal,
  };
}
