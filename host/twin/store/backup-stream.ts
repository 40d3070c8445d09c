import { createHash } from "node:crypto";
import { type StopSignal, throwIfStopped } from "../../../shared/base/stop-signal.ts";
import { type BackupFacts, type BackupHeader, type Entry, encodeEntries, entrySize, frameOf, frameSize } from "./backup-format.ts";
import type { StoreDatabase } from "./store-database.ts";

/** Entries read at a time, and bytes of them that the iterator may hold. */
const chunk = 1000;
const held = { highWaterMarkBytes: frameSize };

/** The bytes of a backup of all that is in a database now, piece by piece; what is written meanwhile is not in it. @throws {Stopped} */
export async function* backupStream(
  db: StoreDatabase,
  header: BackupHeader,
  stop: StopSignal,
): AsyncGenerator<Uint8Array, BackupFacts, undefined> {
  const digest = createHash("sha256");
  let entries = 0;
  let bytes = 0;
  const counted = (piece: Uint8Array): Uint8Array => {
    digest.update(piece);
    bytes += piece.length;
    return piece;
  };
  const snapshot = db.snapshot();
  const rows = db.iterator<Uint8Array, Uint8Array>({ ...held, snapshot });
  try {
    yield counted(frameOf(Buffer.from(JSON.stringify(header))));
    let gathered: Entry[] = [];
    let size = 0;
    for (let some = await rows.nextv(chunk); some.length > 0; some = await rows.nextv(chunk)) {
      for (const row of some) {
        gathered.push(row);
        entries += 1;
        size += entrySize(row);
        if (size < frameSize) continue;
        yield counted(frameOf(encodeEntries(gathered, size)));
        throwIfStopped(stop);
        gathered = [];
        size = 0;
      }
    }
    if (size > 0) yield counted(frameOf(encodeEntries(gathered, size)));
    throwIfStopped(stop);
    const end = Buffer.alloc(16);
    end.writeBigUInt64BE(BigInt(entries), 8);
    yield counted(end);
    const sha256 = digest.digest();
    yield sha256;
    return { entries, bytes: bytes + sha256.length, sha256: sha256.toString("hex") };
  } finally {
    await rows.close();
    await snapshot.close();
  }
}
