import type { JsonObject } from "../../shared/base/json.ts";
import type { Cursor } from "../../shared/pipeline/cursor.ts";
import type { LogFs } from "./log-fs.ts";
import { readSealed, replaceSealed } from "./sealed-file.ts";
import { cursorFrom } from "./segment.ts";

const name = "term";
const previousName = "term.old";

/** Records are being moved into another term; whoever finds this finishes it. */
export interface Rebase {
  readonly term: number;
  /** What the gateway had when it began, by stream. */
  readonly acknowledged: ReadonlyMap<string, Cursor>;
}

/** What the journal remembers of its terms. */
export interface TermState {
  /** The highest term ever used. */
  readonly term: number;
  readonly rebase: Rebase | undefined;
}

/** Reads the newest sound one of the two generations; term 0 when there is none. */
export async function readTerm(fs: LogFs, directory: string): Promise<TermState> {
  const states = [await readOne(fs, `${directory}/${name}`), await readOne(fs, `${directory}/${previousName}`)];
  const [current, previous] = states;
  if (current !== undefined && current.term >= (previous?.term ?? 0)) return current;
  return previous ?? { term: 0, rebase: undefined };
}

/** On disk when it resolves; the former one is kept beside it. */
export function writeTerm(fs: LogFs, directory: string, { term, rebase }: TermState): Promise<void> {
  const content: JsonObject =
    rebase === undefined ? { term } : { term, rebase: { term: rebase.term, acknowledged: cursorsOf(rebase.acknowledged) } };
  return replaceSealed(fs, directory, name, content, previousName);
}

/** Places by stream as small files say them. */
export function cursorsOf(cursors: ReadonlyMap<string, Cursor>): JsonObject {
  return Object.fromEntries([...cursors].map(([stream, { term, seq }]) => [stream, [term, seq]]));
}

/** Reads {@link cursorsOf}; what makes no sense is left out. */
export function cursorsFrom(value: unknown): Map<string, Cursor> {
  const cursors = new Map<string, Cursor>();
  if (typeof value !== "object" || value === null) return cursors;
  for (const [stream, place] of Object.entries(value)) {
    const cursor = cursorFrom(place);
    if (cursor !== undefined) cursors.set(stream, cursor);
  }
  return cursors;
}

async function readOne(fs: LogFs, path: string): Promise<TermState | undefined> {
  const content = await readSealed(fs, path);
  const term = content?.["term"];
  if (typeof term !== "number" || !Number.isSafeInteger(term) || term < 0) return undefined;
  return { term, rebase: rebaseFrom(content?.["rebase"]) };
}

function rebaseFrom(value: unknown): Rebase | undefined {
  if (typeof value !== "object" || value === null || !("term" in value) || typeof value.term !== "number") return undefined;
  return { term: value.term, acknowledged: cursorsFrom("acknowledged" in value ? value.acknowledged : undefined) };
}
