import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The files of a LevelDB store whose names end so and that are not empty, in order. */
export function levelFiles(directory: string, end: RegExp): readonly string[] {
  return readdirSync(directory)
    .filter((name) => end.test(name))
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).size > 0)
    .sort();
}

/** Turns one bit of a file, as a failing disk does. */
export function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(file, bytes);
}
