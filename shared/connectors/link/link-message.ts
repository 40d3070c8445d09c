import type { JsonValue } from "../../base/json.ts";
import type { Instant } from "../../base/units.ts";
import type { Cursor } from "../../pipeline/cursor.ts";
import type { DescribedThing } from "./board-description.ts";
import type { CommandRecord } from "./command-record.ts";

/** Version of the messages. A reader takes its own and ignores members that it does not know. */
export const linkVersion = 1;

/** A stream, as the board has it. */
export interface StreamState {
  readonly id: string;
  /** Oldest record kept; `undefined` when there is none. */
  readonly first: Cursor | undefined;
  /** Newest record on disk. */
  readonly durable: Cursor;
}

/** The newest value of a point, ahead of its record. */
export interface LiveValue {
  readonly stream: string;
  /** Names the point, as in `pump/speed`. */
  readonly key: string;
  /** The place that the record has in its stream. */
  readonly at: Cursor;
  readonly time: Instant;
  /** The payload of the record. */
  readonly payload: Uint8Array;
}

/** Board: I am here, say hello. Repeated until somebody does. With `online: false` it is the last will. */
export interface Announce {
  readonly kind: "announce";
  readonly board: string;
  readonly bootId: string;
  readonly online: boolean;
  /** The board's public key: only shown here, proved in {@link Welcome}. */
  readonly key?: Uint8Array;
}

/** Board: the answer to hello. Everything from here on carries the session. */
export interface Welcome {
  readonly kind: "welcome";
  readonly epoch: number;
  readonly call: number;
  readonly board: string;
  readonly version: string;
  readonly term: number;
  readonly bootId: string;
  readonly origin: string;
  readonly floor: number;
  readonly session: string;
  /** The command that was ended last. */
  readonly applied: number;
  readonly streams: readonly StreamState[];
  /** Names what the board has, as in {@link Description}: 32 hexadecimal digits. */
  readonly description?: string;
  /** The board's public key, Ed25519, 32 bytes. RFC 8032 §5.1.5. */
  readonly key?: Uint8Array;
  /** Signature over what `signedWelcome` gives, 64 bytes; absent where the hello carried no challenge. RFC 8032 §5.1.6. */
  readonly proof?: Uint8Array;
}

export type RefusalCode = "STALE_EPOCH" | "ID_MISMATCH" | "NO_SESSION";

/** Board: no. `STALE_EPOCH` another gateway, of epoch `seen`, is in charge · `ID_MISMATCH` this is board `board` · `NO_SESSION` say hello first. */
export interface Refusal {
  readonly kind: "refusal";
  readonly code: RefusalCode;
  readonly epoch: number;
  readonly seen: number;
  readonly board: string;
  /** `NO_SESSION`: the session that is not. */
  readonly session?: string;
}

/** Board: the journal stands above the floor now; say hello again. */
export interface Raised {
  readonly kind: "raised";
  readonly session: string;
  readonly term: number;
}

/** Board: consecutive records behind `prev`. */
export interface Append {
  readonly kind: "append";
  readonly session: string;
  readonly stream: string;
  readonly prev: Cursor;
  readonly last: Cursor;
  readonly count: number;
  /** Whole records as they lie on disk, back to back. */
  readonly records: Uint8Array;
  readonly more: boolean;
}

/** Board: newest values, ahead of their records. Moves no cursor. */
export interface Live {
  readonly kind: "live";
  readonly session: string;
  readonly values: readonly LiveValue[];
}

/** Board: still here. The gateway sends it back, and one of its own with stamp 0 when it has something to say by it. */
export interface Beat {
  readonly kind: "beat";
  readonly session: string;
  readonly stamp: number;
  readonly epoch: number;
  /** From the board: names what it has now, as in {@link Description}. */
  readonly description?: string;
  /** From the gateway: false, nobody looks at newest values ahead of their records. */
  readonly live?: boolean;
}

/** Board: a part of what it has. Parts are numbered from 0; the features of one thing may lie in several that follow each other. */
export interface Description {
  readonly kind: "description";
  readonly session: string;
  /** Another one: it is another description. */
  readonly hash: string;
  readonly part: number;
  readonly parts: number;
  readonly things: readonly DescribedThing[];
}

/** Board: how a command ended. The record that says the same is on its way; this is only sooner. */
export interface Reply {
  readonly kind: "reply";
  readonly session: string;
  readonly record: CommandRecord;
}

export type UpMessage = Announce | Welcome | Refusal | Raised | Append | Live | Beat | Reply | Description;

/** Gateway: who is there? Calls of one epoch are numbered upwards. */
export interface Hello {
  readonly kind: "hello";
  readonly epoch: number;
  readonly call: number;
  readonly board: string;
  /** 32 hexadecimal digits, random, for this call alone: the board's key signs them. */
  readonly challenge?: string;
}

/** Gateway: go to a term above `floor`. */
export interface RaiseTerm {
  readonly kind: "raise";
  readonly epoch: number;
  readonly session: string;
  readonly floor: number;
}

/** Gateway: send what is behind `from`, and go on sending. What is up to `from` came, but only an acknowledgement says that it is kept. */
export interface Pull {
  readonly kind: "pull";
  readonly epoch: number;
  readonly session: string;
  readonly stream: string;
  readonly from: Cursor;
  /** Most records and bytes of one append. */
  readonly records: number;
  readonly bytes: number;
}

/** Gateway: all up to `cursor` is on disk here. */
export interface Ack {
  readonly kind: "ack";
  readonly epoch: number;
  readonly session: string;
  readonly stream: string;
  readonly cursor: Cursor;
}

/** Gateway: do this once. `after` is the unanswered command before it, 0 when there is none: one that was lost on the way is missed. */
export interface CommandMessage {
  readonly kind: "command";
  readonly epoch: number;
  readonly session: string;
  readonly after: number;
  readonly cmdSeq: number;
  readonly opId: string;
  readonly thing: string;
  readonly feature: string;
  readonly value: JsonValue;
  readonly who: string;
  readonly expiresAt: Instant;
}

/** Gateway: send this part of what you have. */
export interface Describe {
  readonly kind: "describe";
  readonly epoch: number;
  readonly session: string;
  readonly part: number;
}

export type DownMessage = Hello | RaiseTerm | Pull | Ack | CommandMessage | Beat | Describe;
