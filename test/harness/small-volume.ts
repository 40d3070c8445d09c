import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const block = 4096;

/** A file system of its own in memory, so small that a test can fill it. Needs the rights to mount. */
export class SmallVolume implements Disposable {
  readonly path: string = mkdtempSync(path.join(tmpdir(), "penstock-volume-"));

  constructor(bytes: number) {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "tmpfs", this.path], { stdio: "ignore" });
    } catch (error) {
      rmdirSync(this.path);
      throw error;
    }
  }

  /** Bytes that may still be written. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Length of a file in it, 0 where there is none. */
  size(name: string): number {
    return statSync(path.join(this.path, name), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Takes all room there is but for `left` bytes. */
  fill(left = 0): void {
    const file = openSync(this.#filler, "a");
    const zeros = Buffer.alloc(block);
    try {
      while (this.free > left) writeSync(file, zeros);
    } catch {
      // It is full.
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  /** What still has it open keeps it, unseen, until it ends. */
  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path], { stdio: "ignore" });
    rmdirSync(this.path);
  }

  get #filler(): string {
    return path.join(this.path, "filler");
  }
}
