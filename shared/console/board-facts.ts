import type { BoardDescription } from "./board-description.ts";

/** A bus or serial port of a board: its name in a configuration and its path. */
export interface BoardDevice {
  readonly id: string;
  readonly device: string;
}

/** A serial port of a board, as far as checks and defaults ask about it. */
export interface BoardPort extends BoardDevice {
  /** One of those of {@link BoardDescription}. */
  readonly rs485: string;
  readonly parity: boolean;
}

/** What checks and defaults need of a board's description. Every {@link BoardDescription} has it. */
export interface BoardFacts {
  readonly limits: BoardDescription["limits"];
  readonly buses: readonly BoardDevice[];
  readonly serialPorts: readonly BoardPort[];
  readonly watchdog?: { readonly device: string };
}

/** Disk that one feature of a twin is counted with, in bytes: a document of some 300, and what LevelDB holds of it until it is compacted. */
export const featureBytes = 1024;

/** The path of a serial port or bus that a configuration names by its path or by its id on the board; `undefined` where the board has none of that name. */
export function devicePath(name: string, devices: readonly BoardDevice[]): string | undefined {
  return name.startsWith("/") ? name : devices.find(({ id }) => id === name)?.device;
}
