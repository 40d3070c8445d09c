import { readLevelLog } from "./level-log-file.ts";
import { playManifest } from "./level-manifest.ts";
import { checkTable } from "./level-table-file.ts";

/** One thing that is wrong with a store's files. */
export interface LevelDamage {
  readonly file: string;
  readonly what: string;
  /** True when LevelDB needs a repair to open the store, or to find the damage at all. */
  readonly repair: boolean;
  /** What to overwrite so that LevelDB, which checks little, passes over the damage instead of handing it out. */
  readonly seal?: { readonly at: number; readonly bytes: Uint8Array };
}

/** The files of a closed LevelDB store. */
export interface LevelFiles {
  readonly names: ReadonlySet<string>;
  /** The whole file; valid until the next one is read. */
  read(name: string): Promise<Uint8Array>;
}

/** The type of a block that LevelDB refuses to read. */
const unreadableType = Uint8Array.of(0xff);

/**
 * Checks the files of a closed LevelDB store, every checksum included. LevelDB as it is built for Node checks none of its tables, skips damaged
 * records of its logs without a word, and begins an empty store, deleting what is there, when CURRENT is missing.
 * @param most bytes of tables that are read, the newest first, as these are what a power cut damages
 * @returns nothing for a whole store and for a directory without one
 */
export async function checkLevelFiles({ names, read }: LevelFiles, most: number): Promise<readonly LevelDamage[]> {
  const numbered = (extension: string): readonly number[] =>
    [...names].filter((name) => /^\d+\.\w+$/.test(name) && name.endsWith(extension)).map(Number.parseFloat);
  const tables = new Set([...numbered(".ldb"), ...numbered(".sst")]);
  const logs = numbered(".log");
  const broken = (file: string, what: string): readonly LevelDamage[] => [{ file, what, repair: true }];

  if (!names.has("CURRENT")) return tables.size + logs.length === 0 ? [] : broken("CURRENT", "is missing");
  const manifestName = /^(MANIFEST-\d+)\n$/.exec(String.fromCharCode(...(await read("CURRENT")).subarray(0, longestCurrent)))?.[1];
  if (manifestName === undefined) return broken("CURRENT", "does not name a MANIFEST");
  if (!names.has(manifestName)) return broken(manifestName, "is missing");
  const { records, damaged } = readLevelLog(await read(manifestName));
  if (damaged.length > 0) return broken(manifestName, "fails its checksum");
  const manifest = playManifest(records);
  if (manifest === undefined || records.length === 0) return broken(manifestName, "makes no sense");

  const damages: LevelDamage[] = [];
  let done = 0;
  for (const number of [...manifest.tables].sort((a, b) => b - a)) {
    const file = fileName(number, names.has(fileName(number, "sst")) ? "sst" : "ldb");
    if (!tables.has(number)) damages.push({ file, what: "is missing", repair: true });
    else if (done < most) {
      const bytes = await read(file);
      damages.push(...tableDamages(file, bytes));
      done += bytes.length;
    }
  }
  if (manifest.logNumber > 0 && !logs.includes(manifest.logNumber)) {
    damages.push({ file: fileName(manifest.logNumber, "log"), what: "is missing", repair: true });
  }
  for (const number of logs.filter((log) => log >= manifest.logNumber)) {
    const file = fileName(number, "log");
    for (const { start, end } of readLevelLog(await read(file)).damaged) {
      const what = `cannot be read from byte ${start} to ${end}`;
      damages.push({ file, what, repair: false, seal: { at: start, bytes: new Uint8Array(end - start) } });
    }
  }
  return damages;
}

/** CURRENT holds one short name: of one that was overwritten the beginning says so. */
const longestCurrent = 4096;

function tableDamages(file: string, bytes: Uint8Array): readonly LevelDamage[] {
  const blocks = checkTable(bytes);
  if (blocks === undefined) return [{ file, what: "is no table", repair: true }];
  return blocks.map(({ offset, size }) => {
    const damage = { file, what: `fails its checksum from byte ${offset} to ${offset + size}`, repair: true };
    const type = offset + size;
    return type < bytes.length ? { ...damage, seal: { at: type, bytes: unreadableType } } : damage;
  });
}

function fileName(number: number, extension: string): string {
  return `${String(number).padStart(6, "0")}.${extension}`;
}
