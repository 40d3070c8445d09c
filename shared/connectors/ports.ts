import type { JsonValue } from "../base/json.ts";
import type { StopSignal } from "../base/stop-signal.ts";
import type { Instant } from "../base/units.ts";
import type { Cursor } from "../pipeline/cursor.ts";
import type { JournalRecord } from "../pipeline/journal-record.ts";
import type { BoardDescription } from "./link/board-description.ts";
import type { CommandRecord, CommandResult } from "./link/command-record.ts";
import type { LiveValue } from "./link/link-message.ts";

/** One command, as a gateway gives it to a board: happens once or not at all. */
export interface LinkCommand {
  /** 1, 2, 3, … in the order in which the gateway issued them to this board. */
  readonly cmdSeq: number;
  /** The operation that it belongs to. */
  readonly opId: string;
  readonly thing: string;
  readonly feature: string;
  /** The value to write, or the parameters. */
  readonly value: JsonValue;
  /** The principal on whose behalf, for the audit log. */
  readonly who: string;
  /** Not begun later than this. */
  readonly expiresAt: Instant;
}

/** Carries commands out on a board. */
export interface CommandExecutor {
  /** Does it once. A refusal or failure is a result; what it throws counts as failed. */
  execute(command: LinkCommand, stop: StopSignal): Promise<CommandResult>;
}

/** A board's key pair, Ed25519. RFC 8032 §5.1. */
export interface LinkSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** @returns the signature, 64 bytes */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Knows which key belongs to which board. */
export interface LinkVerifier {
  /**
   * Called with every welcome before a session is opened, also with such as somebody else has put in the board's place; must neither wait nor throw.
   * @param key as the board shows it, 32 bytes  @param signed what `proof` must be the signature of, by that key  @param proof 64 bytes
   * @returns true: it is the board · false: the signature is not sound, or the key not the one that is kept for the board · `unknown`: the signature is
   * sound, but nobody has said yet whether this key may speak for the board. Only true opens the session
   */
  check(board: string, key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean | "unknown";
}

/** A command that was begun and of which no end is recorded. */
export interface BegunCommand {
  readonly cmdSeq: number;
  readonly opId: string;
  /** The newest record of the stream of commands that was on disk when it was begun: its end, if there is one, lies behind. */
  readonly after: Cursor;
}

/** What a board must know of its link after a power cut, whatever became of the journal's segments. */
export interface LinkMemory {
  /** Names this life of the storage, random: another one means that the storage was replaced, and all that it counted begins anew. */
  readonly origin: string;
  /** Highest term that a gateway asked to stay above. */
  readonly floor: number;
  /** Highest term that a gateway was told. */
  readonly term: number;
  /** Highest epoch of a gateway that was obeyed. */
  readonly epoch: number;
  /** The command that was ended last. */
  readonly applied: number;
  readonly begun: BegunCommand | undefined;
  /** How the last commands ended, oldest first; bounded. */
  readonly results: readonly CommandRecord[];
}

/** Keeps {@link LinkMemory}: all of it or what was there before. */
export interface LinkMemoryStore {
  /** `undefined` on new storage. */
  load(): Promise<LinkMemory | undefined>;
  /** Resolves when it is on disk. */
  save(memory: LinkMemory): Promise<void>;
}

/** Records that are known to be missing. A gap record of the board that comes later may yet tell why. */
export interface UnexplainedGap {
  /** First and last that is missing. */
  readonly from: Cursor;
  readonly to: Cursor;
  /** How many are missing; between the two there may be some that are not. */
  readonly count: number;
}

/** What one stream gets by a batch. */
export interface StreamBatch {
  readonly stream: string;
  /** Where the stream stood; a store that stands elsewhere refuses the batch. */
  readonly prev: Cursor;
  /** Where it stands afterwards. */
  readonly cursor: Cursor;
  /** The records in order, as they lay on the board's disk, back to back. */
  readonly frames: readonly Uint8Array[];
  /** The same records, read; their payloads are views into `frames`. */
  readonly records: readonly JournalRecord[];
  readonly gaps: readonly UnexplainedGap[];
}

/** What is to be kept together: all of it or nothing. */
export interface LinkBatch {
  readonly streams: readonly StreamBatch[];
  /** The start of the board that speaks, when it is a new one. */
  readonly boot?: { readonly term: number; readonly bootId: string };
  /** The life of the board's storage, when it is a new one. */
  readonly origin?: string;
  /** Commands that are ended by this batch. One that is ended already stays as it is. */
  readonly ended: readonly CommandRecord[];
}

/** What a gateway has of a board. */
export interface BoardMemory {
  readonly cursors: ReadonlyMap<string, Cursor>;
  /** Which start of the board wrote the records of a term. */
  readonly boots: ReadonlyMap<number, string>;
  readonly origin: string | undefined;
  /** Commands that have no result yet, in order, and the life of the storage they were sent to, if they were. */
  readonly commands: readonly { readonly command: LinkCommand; readonly sentTo: string | undefined }[];
  /** The hash of what was kept last of what the board has. */
  readonly description?: string | undefined;
}

/** Where a gateway keeps what boards send. One board's calls come one after the other. */
export interface LinkStore {
  /** This start of the gateway: larger than all before it, kept before it is given. */
  readonly epoch: number;
  load(board: string): Promise<BoardMemory>;
  /** Keeps the batch, atomically; resolves when it is on disk. */
  apply(board: string, batch: LinkBatch): Promise<void>;
  /** Keeps that the commands may have reached the storage named `origin`; resolves when it is on disk. */
  markSent(board: string, cmdSeqs: readonly number[], origin: string): Promise<void>;
  /** Newest values, ahead of their records and not to be kept: for screens. Use one only where it is newer than what is shown. */
  live(board: string, values: readonly LiveValue[]): void;
  /** Keeps what the board has, in place of what was kept before, with its hash; resolves when it is on disk. Without it nothing is asked for. */
  described?(board: string, description: BoardDescription): Promise<void>;
}

/** How a board stands with its gateway. */
export type UplinkState =
  | { readonly name: "connected" }
  /** Old records are on their way: so many of them, and about so long. */
  | { readonly name: "recovering"; readonly remaining: number; readonly etaMs: number | undefined }
  | { readonly name: "offline"; readonly since: Instant; readonly reason: string };
