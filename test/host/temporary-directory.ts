import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";

/** A new directory that is gone after the test. */
export async function temporaryDirectory(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-host-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
