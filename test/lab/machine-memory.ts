import type { VirtualBoard } from "../harness/virtual-board.ts";

/** Memory of a virtual board, KiB. */
export interface MachineMemory {
  /** What programs could still have. proc(5), MemAvailable */
  readonly available: number;
  /** Of the board's program, not counting what lies in files. proc(5), RssAnon */
  readonly anonymous: number;
  /** Programs that the kernel ended for want of memory since power-on. */
  readonly ended: number;
}

/** Reads how much memory a virtual board has left. */
export async function readMemory(board: VirtualBoard): Promise<MachineMemory> {
  const text = await board.run("cat /proc/meminfo /proc/vmstat; cat /proc/$(pidof node)/status");
  const field = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return { available: field(/^MemAvailable:\s+(\d+)/m), anonymous: field(/^RssAnon:\s+(\d+)/m), ended: field(/^oom_kill (\d+)/m) };
}
