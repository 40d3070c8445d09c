import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of its own for one test; gone when the test is. */
export class ScratchDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "penstock-test-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
