import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ClassicLevel } from "classic-level";
import { StoreNewer } from "../../../shared/base/level/level-errors.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { BackupInvalid } from "../../../shared/twin/store-errors.ts";
import { freeSpace } from "../../platform/level/free-space.ts";
import { asideName } from "../../platform/level/level-aside.ts";
import { type BinaryLevel, closeLevel, throwIfLocked } from "../../platform/level/open-level.ts";
import { syncDirectory } from "../../platform/sync-directory.ts";
import { type BackupReport, readBackup, verifyBackup } from "./backup-file.ts";
import { type BackupHeader, backupFormat, backupVersion } from "./backup-format.ts";
import { backupStream } from "./backup-stream.ts";
import { RestoreRefused } from "./restore-errors.ts";
import { storeDirectory } from "./store-directory.ts";
import { asText, Space } from "./store-keys.ts";
import { storeSchema, writeSchema } from "./store-schema.ts";

/** Nothing stops a restore half-way but its own failure. */
const never: StopSignal = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };

/**
 * Puts a backup in the place of the store below a gateway's data directory; the gateway must not run. The whole file is verified first; what was made of
 * it is read back and compared before it takes its place, all at once.
 * @param replace whether a store that is there gives way
 * @throws {BackupInvalid} {RestoreRefused} {StoreLocked} {StoreNewer}
 */
export async function restoreBackup(file: string, data: string, replace: boolean): Promise<BackupReport> {
  const directory = storeDirectory(data);
  const report = await verifyBackup(file);
  if (report.schema > storeSchema) throw new StoreNewer("backup", report.schema, storeSchema);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const free = await freeSpace(data);
  if (free < report.bytes) throw new RestoreRefused(directory, `it takes ${report.bytes} bytes, but ${free} are free`);
  const before = await filesIn(directory);
  if (before.length > 0) {
    if (!replace) throw new RestoreRefused(directory, "a store is there already, and it was not asked to replace it");
    await throwIfLocked(directory);
  }
  const part = `${directory}.restoring`;
  await rm(part, { recursive: true, force: true });
  try {
    await fill(file, part, report);
    const aside = asideName(directory, "replaced");
    if (before.length > 0) await rename(directory, aside);
    await rename(part, directory);
    await syncDirectory(dirname(directory));
    await rm(aside, { recursive: true, force: true });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return report;
}

/** Makes a store of a backup, brings it to disk and compares it with the backup. */
async function fill(file: string, directory: string, { sha256, schema, createdAt }: BackupReport): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const db: BinaryLevel = new ClassicLevel(directory, { keyEncoding: "view", valueEncoding: "view", errorIfExists: true });
  await db.open();
  try {
    await readBackup(file, (entries) => db.batch(entries.map(([key, value]) => ({ type: "put", key, value }))));
    const header: BackupHeader = { format: backupFormat, version: backupVersion, schema, createdAt };
    const again = backupStream(db, header, never);
    let read = await again.next();
    while (read.done !== true) read = await again.next();
    if (read.value.sha256 !== sha256) throw new BackupInvalid(file, "what was written of it reads otherwise");
    await raiseEpoch(db);
    await writeSchema(db, schema);
  } finally {
    await closeLevel(db);
  }
  await syncDirectory(directory);
}

/** Boards obey the highest epoch that they have heard of, which may be later than the backup: who restores one wants that gateway to be in charge. */
async function raiseEpoch(db: BinaryLevel): Promise<void> {
  const key = `${Space.state}link/epoch`;
  const kept = Number((await db.get<string, string>(key, asText)) ?? 0);
  await db.put<string, string>(key, String(Math.max(kept, Math.floor(Date.now() / 1000))), asText);
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
