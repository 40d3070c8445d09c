import type { Millis } from "../../base/units.ts";
import type { BoardMemory, LinkCommand } from "../ports.ts";
import type { CommandRecord } from "./command-record.ts";
import type { CommandMessage } from "./link-message.ts";
import { linkTimes } from "./link-settings.ts";

interface Outgoing {
  readonly command: LinkCommand;
  /** The life of the board's storage that it was sent to. */
  sentTo: string | undefined;
  sentAt: Millis | undefined;
  /** How it ended, told ahead of the record. */
  reply: CommandRecord | undefined;
}

/** Commands on their way at once. */
const mostOnWay = 16;

/** A gateway's commands to one board that have not ended. */
export class CommandOutbox {
  #waiting: Outgoing[];
  /** Some are being marked. */
  #marking = false;

  constructor(commands: BoardMemory["commands"]) {
    this.#waiting = commands.map(({ command, sentTo }) => ({ command, sentTo, sentAt: undefined, reply: undefined }));
  }

  add(command: LinkCommand): void {
    this.#waiting.push({ command, sentTo: undefined, sentAt: undefined, reply: undefined });
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** What a new session settles: commands that an earlier life of the storage may have begun, and numbers that the board has passed. */
  settledBy(origin: string, applied: number): readonly CommandRecord[] {
    const settled: CommandRecord[] = [];
    for (const one of this.#waiting) {
      const { cmdSeq, opId } = one.command;
      one.sentAt = undefined;
      if (one.sentTo !== undefined && one.sentTo !== origin)
        settled.push(one.reply ?? { cmdSeq, opId, outcome: "unknown", reason: "the board's storage was replaced while it was on its way" });
      else if (one.sentTo === undefined && cmdSeq <= applied)
        settled.push({ cmdSeq, opId, outcome: "refused", reason: "the board has carried out later commands already; issue it again" });
    }
    return settled;
  }

  ended(records: readonly CommandRecord[]): void {
    if (records.length === 0) return;
    const ended = new Set(records.map(({ cmdSeq }) => cmdSeq));
    this.#waiting = this.#waiting.filter(({ command }) => !ended.has(command.cmdSeq));
  }

  /** Takes the answer to a command ahead of its record. @returns false when it belongs to none that waits */
  replied(record: CommandRecord): boolean {
    const one = this.#waiting.find(({ command }) => command.cmdSeq === record.cmdSeq && command.opId === record.opId);
    if (one === undefined || one.reply !== undefined) return false;
    one.reply = record;
    return true;
  }

  /** Forgets answers and marks that could not be kept: they are asked for again. */
  rewind(): void {
    this.#marking = false;
    for (const one of this.#waiting) one.reply = undefined;
  }

  /** Answers that are not kept yet. */
  answers(): readonly CommandRecord[] {
    return this.#waiting.flatMap(({ reply }) => reply ?? []);
  }

  /** Takes commands that are to be marked before they may be sent; none while others are. */
  toMark(): readonly number[] {
    if (this.#marking) return [];
    const unmarked = this.#waiting.slice(0, mostOnWay).filter(({ sentTo }) => sentTo === undefined);
    this.#marking = unmarked.length > 0;
    return unmarked.map(({ command }) => command.cmdSeq);
  }

  marked(cmdSeqs: readonly number[], origin: string): void {
    this.#marking = false;
    for (const one of this.#waiting) if (cmdSeqs.includes(one.command.cmdSeq)) one.sentTo = origin;
  }

  /** What is to be sent now, in order: the first time, or again when no answer came. */
  *due(epoch: number, session: string, now: Millis): Generator<CommandMessage> {
    let after = 0;
    for (const one of this.#waiting.slice(0, mostOnWay)) {
      if (one.sentTo === undefined) return;
      if (one.reply === undefined && (one.sentAt === undefined || now >= one.sentAt + linkTimes.answer)) {
        one.sentAt = now;
        yield { kind: "command", epoch, session, after, ...one.command };
      }
      after = one.command.cmdSeq;
    }
  }

  /** When a command is to be sent again. */
  nextDue(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { sentAt, reply } of this.#waiting.slice(0, mostOnWay))
      if (sentAt !== undefined && reply === undefined) due = Math.min(due, sentAt + linkTimes.answer);
    return due;
  }
}
