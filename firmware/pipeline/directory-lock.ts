import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { StoreLocked } from "../../shared/base/level/level-errors.ts";

/**
 * Makes this process the only one in a directory: takes a socket in Linux' abstract namespace, named after the directory's inode. The kernel gives it
 * back when the process ends in whatever way, so that nothing stale is ever left; no byte is written. unix(7)
 * @throws {StoreLocked} another process has it
 */
export async function lockDirectory(path: string): Promise<() => Promise<void>> {
  const { dev, ino } = await stat(path, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject("code" in error && error.code === "EADDRINUSE" ? new StoreLocked(path, error) : error);
    });
    server.listen(`\0penstock/journal/${dev}-${ino}`, resolve);
  });
  // Holding the lock is no reason to stay.
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
