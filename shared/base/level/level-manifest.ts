import { readVarint } from "./level-varint.ts";

/** Tags of a version edit. LevelDB doc/impl, db/version_edit. */
const Tag = {
  comparator: 1,
  logNumber: 2,
  nextFileNumber: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  prevLogNumber: 9,
} as const;

/** The files that a store consists of, by its MANIFEST. */
export interface LevelManifest {
  readonly tables: ReadonlySet<number>;
  /** The log that was written last; 0 when there was none. */
  readonly logNumber: number;
}

/** Plays the edits of a MANIFEST; `undefined` where one makes no sense, or where what every store has is missing. */
export function playManifest(edits: readonly Uint8Array[]): LevelManifest | undefined {
  const tables = new Set<number>();
  let logNumber: number | undefined;
  let nextFile: number | undefined;
  for (const edit of edits) {
    let at = 0;
    let broken = false;
    const number = (): number => {
      const read = readVarint(edit, at);
      if (read === undefined) broken = true;
      at = read?.next ?? edit.length;
      return read?.value ?? 0;
    };
    const skip = (): void => {
      const length = number();
      if (at + length > edit.length) broken = true;
      at += length;
    };
    while (at < edit.length) {
      const tag = number();
      if (tag === Tag.comparator) skip();
      else if (tag === Tag.logNumber) logNumber = number();
      else if (tag === Tag.nextFileNumber) nextFile = number();
      else if (tag === Tag.lastSequence || tag === Tag.prevLogNumber) number();
      else if (tag === Tag.compactPointer) {
        number();
        skip();
      } else if (tag === Tag.deletedFile) {
        number();
        tables.delete(number());
      } else if (tag === Tag.newFile) {
        number();
        tables.add(number());
        number();
        skip();
        skip();
      } else return undefined;
    }
    if (broken) return undefined;
  }
  return logNumber === undefined || nextFile === undefined ? undefined : { tables, logNumber };
}
