import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Damages files as failing disks and lost power do. Each function says which files it touched. */
export class Damage {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Names of the files in a directory that fit, sorted by what numbers are in them. */
  files(directory: string, fits: RegExp): readonly string[] {
    const names = readdirSync(path.join(this.#directory, directory)).filter((name) => fits.test(name));
    return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).map((name) => path.join(directory, name));
  }

  /** Turns one bit in the middle of each file. */
  flip(...files: readonly string[]): readonly string[] {
    for (const file of files) {
      const bytes = readFileSync(path.join(this.#directory, file));
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
      writeFileSync(path.join(this.#directory, file), bytes);
    }
    return files;
  }

  remove(file: string): readonly string[] {
    rmSync(path.join(this.#directory, file));
    return [file];
  }

  /** Takes bytes off the end. */
  cut(file: string, bytes: number): readonly string[] {
    const { length } = readFileSync(path.join(this.#directory, file));
    truncateSync(path.join(this.#directory, file), Math.max(0, length - bytes));
    return [file];
  }

  /** Adds zeros behind the end, as a file system does that gave room and lost what was to be in it. */
  addZeros(file: string, bytes: number): readonly string[] {
    const before = readFileSync(path.join(this.#directory, file));
    writeFileSync(path.join(this.#directory, file), Buffer.concat([before, Buffer.alloc(bytes)]));
    return [file];
  }

  write(file: string, text: string): readonly string[] {
    writeFileSync(path.join(this.#directory, file), text);
    return [file];
  }
}
