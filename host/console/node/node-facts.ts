import type { Clock } from "../../../shared/base/clock.ts";
import type { JsonObject } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { NodeFacts, NodeSource } from "../../../shared/console/gateway-ports.ts";
import type { MachineFacts } from "./machine-facts.ts";

type NodeProblem = NodeFacts["problems"][number];

export interface NodeFactsParts {
  readonly id: string;
  readonly version: string;
  readonly nodeVersion: string;
  readonly clock: Clock;
  /** What the machine says now. */
  readonly machine: () => Promise<MachineFacts>;
  /** Bytes that the data directory takes. */
  readonly dataBytes: () => Promise<number>;
  readonly board: () => JsonObject;
  readonly store: () => JsonObject;
  /** What the parts of the gateway complain of. */
  readonly problems: () => readonly NodeProblem[];
}

/** Below this share of the disk somebody is told. */
const littleDisk = 0.1;
const littleMemory = 0.05;

/** The node page: host, processor, memory, disk, versions and what is wrong with them. */
export class MachineNodeFacts implements NodeSource {
  readonly #parts: NodeFactsParts;
  readonly #startedAt: number;
  #before: { readonly at: number; readonly machine: MachineFacts } | undefined;
  /** Processor shares of the last whole span, kept for askers that come right after one another. */
  #shares = { cpu: 0, ownCpu: 0 };

  constructor(parts: NodeFactsParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.wall();
  }

  async facts(_stop: StopSignal): Promise<NodeFacts> {
    const { id, version, nodeVersion, clock } = this.#parts;
    const machine = await this.#parts.machine();
    const { cpu, ownCpu } = this.#share(machine);
    const data = await this.#parts.dataBytes();
    const { hostname, os, arch, cpus, load, memory, disk, addresses, synchronised } = machine;
    return {
      id,
      version,
      hostname,
      os,
      arch,
      node: nodeVersion,
      startedAt: this.#startedAt,
      cpus,
      cpu,
      ownCpu,
      load,
      memory,
      disk: { ...disk, data },
      addresses,
      clock: { now: clock.wall(), synchronised },
      board: this.#parts.board(),
      store: this.#parts.store(),
      problems: [...machineProblems(machine), ...this.#parts.problems()],
    };
  }

  /** Shares since the asker before, at least a second ago. */
  #share(machine: MachineFacts): { readonly cpu: number; readonly ownCpu: number } {
    const now = this.#parts.clock.monotonic();
    const before = this.#before;
    if (before === undefined) {
      this.#before = { at: now, machine };
      return { cpu: machine.total === 0 ? 0 : machine.busy / machine.total, ownCpu: 0 };
    }
    const passed = now - before.at;
    if (passed < 1000) return this.#shares;
    const total = machine.total - before.machine.total;
    const cpu = total <= 0 ? 0 : Math.min(1, Math.max(0, (machine.busy - before.machine.busy) / total));
    const ownCpu = Math.min(1, Math.max(0, (machine.own - before.machine.own) / 1000 / passed / Math.max(1, machine.cpus)));
    this.#before = { at: now, machine };
    this.#shares = { cpu, ownCpu };
    return this.#shares;
  }
}

function machineProblems({ disk, memory, synchronised }: MachineFacts): readonly NodeProblem[] {
  const problems: NodeProblem[] = [];
  const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;
  if (disk.total > 0 && disk.free / disk.total < littleDisk)
    problems.push({
      part: "disk",
      text: `${percent(disk.free, disk.total)} of the disk is free`,
      remedy: "Make room, or shorten the retention of history.",
    });
  if (memory.total > 0 && memory.free / memory.total < littleMemory)
    problems.push({
      part: "memory",
      text: `${percent(memory.free, memory.total)} of the memory is free`,
      remedy: "Look what else runs on this machine.",
    });
  if (synchronised === false)
    problems.push({
      part: "clock",
      text: "the clock has not been set from the network yet",
      remedy: "Look at timedatectl; times of events may be off.",
    });
  return problems;
}
