import type { Quality } from "../../../../../shared/acquisition/sample.ts";
import type { BoardLinkState, StreamState } from "../../../../../shared/twin/documents/board-document.ts";
import type { Severity } from "../../../../../shared/twin/documents/event-document.ts";
import type { OperationState } from "../../../../../shared/twin/documents/operation-document.ts";

/** What a state means for the person who looks. Each tone has a colour and a shape of its own. */
export type Tone = "good" | "busy" | "warn" | "bad" | "stale" | "off" | "info";

/** A word and how it looks. */
export interface State {
  readonly tone: Tone;
  readonly word: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
}

const state = (tone: Tone, word: string, meaning: string): State => ({ tone, word, meaning });

export const qualityStates: Readonly<Record<Quality, State>> = {
  good: state("good", "good", "Measured in the last cycle."),
  uncertain: state("warn", "uncertain", "The last answer failed; the value is from shortly before."),
  bad: state("bad", "bad", "The device says that there is no such value, or what it sent is not one."),
  stale: state("stale", "stale", "There has been no answer for several cycles; the value is old."),
};

export const linkStates: Readonly<Record<BoardLinkState["state"], State>> = {
  online: state("good", "online", "The board answers."),
  connecting: state("busy", "connecting", "The gateway and the board are finding each other."),
  lost: state("stale", "lost", "Nothing was heard for 30 s. The board goes on by itself and keeps its records."),
  disabled: state("off", "disabled", "Switched off here: nothing is asked of it."),
  failed: state("bad", "failed", "The link failed again and again and rests now."),
  fenced: state("bad", "fenced", "Another gateway has taken this board over."),
  discovered: state("info", "discovered", "It said hello and waits for somebody to adopt it."),
};

export const streamStates: Readonly<Record<StreamState["state"], State>> = {
  live: state("good", "live", "Records arrive as they are made."),
  recovering: state("busy", "recovering", "Older records are being brought in."),
  stale: state("stale", "stale", "Nothing new has come for a while."),
  failed: state("bad", "failed", "The stream failed again and again and rests now."),
  disabled: state("off", "disabled", "Not asked for."),
};

export const severityStates: Readonly<Record<Severity, State>> = {
  info: state("off", "info", "Something changed."),
  notice: state("info", "notice", "Something that you may want to know."),
  warning: state("warn", "warning", "Something that may become a trouble."),
  alarm: state("bad", "alarm", "Something that needs somebody."),
};

export const operationStates: Readonly<Record<OperationState, State>> = {
  pending: state("busy", "asked", "Asked for, not yet stored for the board."),
  queued: state("busy", "stored", "Stored; it goes to the board when that is online."),
  sent: state("busy", "sent", "On its way to the board."),
  accepted: state("busy", "accepted", "The board has it."),
  running: state("busy", "running", "The board is at it."),
  uncertain: state("warn", "uncertain", "The link was lost on the way; the board will tell what became of it."),
  cancelling: state("busy", "cancelling", "Somebody called it off."),
  succeeded: state("good", "done", "The board carried it out."),
  failed: state("bad", "failed", "The board tried in vain."),
  rejected: state("bad", "refused", "It was refused before it began."),
  cancelled: state("off", "cancelled", "Called off before it was carried out."),
  expired: state("stale", "expired", "It was too old to begin."),
};
