import { parseDuration } from "../base/duration.ts";
import type { Millis } from "../base/units.ts";
import type { JournalConfig, WhenFull } from "./journal-config.ts";

/** The stream that takes the samples of all things that no other stream names. */
export const samplesStream = "samples";
/** The stream that takes what became of commands. */
export const commandsStream = "commands";
/** Room that a stream has at least, bytes. */
export const leastStreamBytes = 262_144;

/** A stream of the journal with its room. */
export interface ResolvedStream {
  readonly id: string;
  /** Things whose samples go here; empty for the two streams that every journal has. */
  readonly things: readonly string[];
  readonly maxBytes: number;
  readonly whenFull: WhenFull;
}

/** How the board keeps its journal, with all defaults. */
export interface ResolvedJournal {
  readonly commitInterval: Millis;
  readonly commitBytes: number;
  readonly keep: Millis;
  readonly record: "change" | "always";
  readonly heartbeat: Millis;
  /** {@link samplesStream} and {@link commandsStream} first. */
  readonly streams: readonly ResolvedStream[];
}

const mostCommandBytes = 4_194_304;

/**
 * Fills in the defaults. Room: what streams ask for is theirs; of the rest the commands get an eighth, 4 MiB at most, and the others equal shares.
 * @param journalBytes what the board's description grants
 * @throws {BadDuration} only for what the schema refuses
 */
export function resolveJournal(config: JournalConfig, journalBytes: number): ResolvedJournal {
  const { maxBytes = journalBytes, whenFull = "drop-oldest", streams = [] } = config;
  const asked = streams.reduce((sum, stream) => sum + (stream.maxBytes ?? 0), 0);
  const sharing = 1 + streams.filter((stream) => stream.maxBytes === undefined).length;
  const left = Math.max(0, maxBytes - asked);
  const commands = Math.max(leastStreamBytes, Math.min(mostCommandBytes, Math.floor(left / 8)));
  const share = Math.max(leastStreamBytes, Math.floor((left - commands) / sharing));
  return {
    commitInterval: parseDuration(config.commitInterval ?? "1 s"),
    commitBytes: config.commitBytes ?? 65_536,
    keep: parseDuration(config.keep ?? "0 s"),
    record: config.record ?? "change",
    heartbeat: parseDuration(config.heartbeat ?? "30 min"),
    streams: [
      { id: samplesStream, things: [], maxBytes: share, whenFull },
      { id: commandsStream, things: [], maxBytes: commands, whenFull: "drop-oldest" },
      ...streams.map((stream) => ({
        id: stream.id,
        things: stream.things,
        maxBytes: stream.maxBytes ?? share,
        whenFull: stream.whenFull ?? whenFull,
      })),
    ],
  };
}
