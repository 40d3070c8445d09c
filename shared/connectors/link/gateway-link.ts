import type { Log } from "../../base/log.ts";
import { type Millis, millis } from "../../base/units.ts";
import { beginning, compareCursors } from "../../pipeline/cursor.ts";
import { type JournalRecord, RecordKind } from "../../pipeline/journal-record.ts";
import type { BoardMemory, LinkBatch, LinkCommand, StreamBatch } from "../ports.ts";
import { CommandOutbox } from "./command-outbox.ts";
import { type CommandRecord, decodeCommandRecord } from "./command-record.ts";
import type { GatewayAction } from "./gateway-action.ts";
import type { Append, Beat, Refusal, UpMessage, Welcome } from "./link-message.ts";
import { linkTimes, mostTries } from "./link-settings.ts";
import { StreamReceiver } from "./stream-receiver.ts";

export interface GatewayLinkSettings {
  /** Records and bytes of one append at most. */
  readonly batchRecords: number;
  readonly batchBytes: number;
  /** Bytes that may wait to be kept; what comes beyond is asked for again. */
  readonly waitingBytes: number;
}

export const defaultGatewayLink: GatewayLinkSettings = Object.freeze({ batchRecords: 5000, batchBytes: 524_288, waitingBytes: 8_388_608 });

export interface GatewayLinkParts {
  readonly board: string;
  /** This start of the gateway. */
  readonly epoch: number;
  /** What is kept of the board. */
  readonly memory: BoardMemory;
  readonly settings: GatewayLinkSettings;
  readonly log: Log;
}

/** Where the gateway's end stands with one board. `fenced`: a newer gateway is in charge, and this one keeps quiet. */
type Phase =
  | { readonly name: "away" }
  | { readonly name: "calling"; readonly at: Millis; readonly tries: number }
  | { readonly name: "adopting"; readonly welcome: Welcome }
  | { readonly name: "raising"; readonly session: string; readonly at: Millis }
  | { readonly name: "open"; readonly session: string; readonly origin: string }
  | { readonly name: "fenced" };

/**
 * The gateway's end of the link to one board: what to ask, keep and acknowledge when, nothing of how. Fed with what happens and the monotonic time;
 * gives what is to be done. Nothing is acknowledged before it is kept; what does not follow on what is here is asked for again.
 */
export class GatewayLink {
  /** Appends by what became of them, and records and holes that were kept. */
  readonly counts = { taken: 0, old: 0, astray: 0, corrupt: 0, foreign: 0, refused: 0, records: 0, gaps: 0, sessions: 0, raised: 0 };
  readonly #parts: GatewayLinkParts;
  readonly #streams = new Map<string, StreamReceiver>();
  readonly #boots: Map<number, string>;
  readonly #outbox: CommandOutbox;
  #origin: string | undefined;
  #phase: Phase = { name: "away" };
  #actions: GatewayAction[] = [];
  #applying: LinkBatch | undefined;
  #marking = false;
  #call = 0;
  #heardAt = millis(0);
  /** A welcome that came while a batch was being kept. */
  #early: Welcome | undefined;

  constructor(parts: GatewayLinkParts) {
    this.#parts = parts;
    const { cursors, boots, origin, commands } = parts.memory;
    for (const [id, cursor] of cursors) this.#streams.set(id, new StreamReceiver(id, cursor));
    this.#boots = new Map(boots);
    this.#origin = origin;
    this.#outbox = new CommandOutbox(commands);
  }

  get phase(): Phase["name"] {
    return this.#phase.name;
  }

  /** Commands that have not ended. */
  get waitingCommands(): number {
    return this.#outbox.size;
  }

  take(): readonly GatewayAction[] {
    const actions = this.#actions;
    if (actions.length > 0) this.#actions = [];
    return actions;
  }

  /** The way to the board stands: calls it. */
  connected(now: Millis): void {
    this.#hail(now);
  }

  disconnected(): void {
    this.#leave();
  }

  received(message: UpMessage, now: Millis): void {
    if (this.#phase.name === "fenced") return;
    switch (message.kind) {
      case "announce":
        if (message.online) this.#hail(now);
        else this.#leave();
        return;
      case "welcome":
        this.#welcomed(message, now);
        return;
      case "refusal":
        this.#refusedBy(message, now);
        return;
      default:
        this.#inSession(message, now);
    }
  }

  /** A command that the store has already. */
  issue(command: LinkCommand, now: Millis): void {
    this.#outbox.add(command);
    this.#sendCommands(now);
  }

  /** The batch is on disk. */
  applied(now: Millis): void {
    const batch = this.#applying;
    this.#applying = undefined;
    if (batch === undefined) return;
    this.#kept(batch);
    const { epoch } = this.#parts;
    if (this.#phase.name === "open")
      for (const { stream, cursor } of batch.streams) this.#send({ kind: "ack", epoch, session: this.#phase.session, stream, cursor });
    if (this.#phase.name === "adopting") this.#opened(this.#phase.welcome, now);
    this.#resume(now);
  }

  /** The store refused the batch, or the marks: all of it comes again in another session. */
  failed(now: Millis): void {
    this.#applying = undefined;
    this.#marking = false;
    this.#early = undefined;
    for (const stream of this.#streams.values()) stream.rewind();
    this.#outbox.rewind();
    if (this.#phase.name !== "fenced" && this.#phase.name !== "away") this.#phase = { name: "calling", at: now, tries: 0 };
  }

  /** The commands are marked and may go. */
  marked(cmdSeqs: readonly number[], origin: string, now: Millis): void {
    this.#marking = false;
    this.#outbox.marked(cmdSeqs, origin);
    this.#sendCommands(now);
  }

  tick(now: Millis): void {
    const phase = this.#phase;
    if (phase.name === "calling" && now >= phase.at + linkTimes.answer) {
      if (phase.tries < mostTries) this.#hail(now, phase.tries + 1);
      else this.#leave();
    } else if (phase.name === "raising" && now >= phase.at + linkTimes.silence) this.#hail(now);
    else if (phase.name === "open" && now >= this.#heardAt + linkTimes.silence) this.#hail(now);
    else if (phase.name === "open") {
      for (const stream of this.#streams.values()) {
        if (stream.askedAt === undefined || now < stream.askedAt + linkTimes.answer) continue;
        if (stream.tries >= mostTries) {
          this.#hail(now);
          return;
        }
        this.#pull(stream, now);
      }
      this.#sendCommands(now);
    }
  }

  due(): Millis | undefined {
    const phase = this.#phase;
    if (phase.name === "calling") return millis(phase.at + linkTimes.answer);
    if (phase.name === "raising") return millis(phase.at + linkTimes.silence);
    if (phase.name !== "open") return undefined;
    let due = Math.min(this.#heardAt + linkTimes.silence, this.#outbox.nextDue());
    for (const { askedAt } of this.#streams.values()) if (askedAt !== undefined) due = Math.min(due, askedAt + linkTimes.answer);
    return millis(due);
  }

  #hail(now: Millis, tries = 1): void {
    this.#leave();
    this.#call++;
    this.#phase = { name: "calling", at: now, tries };
    this.#send({ kind: "hello", epoch: this.#parts.epoch, call: this.#call, board: this.#parts.board });
  }

  #leave(): void {
    if (this.#phase.name === "fenced") return;
    this.#early = undefined;
    this.#phase = { name: "away" };
  }

  #welcomed(welcome: Welcome, now: Millis): void {
    const { board, epoch, log } = this.#parts;
    if (this.#phase.name !== "calling" || welcome.epoch !== epoch || welcome.call !== this.#call || welcome.board !== board) return;
    if (this.#applying !== undefined) {
      this.#early = welcome;
      return;
    }
    for (const stream of this.#streams.values()) stream.rewind();
    this.#heardAt = now;
    this.counts.sessions++;
    const { term, bootId, origin, floor, session } = welcome;
    const known = this.#newestTerm();
    const isOther = this.#origin !== undefined && this.#origin !== origin && floor < known;
    if (isOther || (term <= known && this.#boots.get(term) !== bootId)) {
      log.warn({ board, term, known }, "the board's storage was replaced; its journal is raised above what is here");
      this.counts.raised++;
      this.#phase = { name: "raising", session, at: now };
      // Above its own term as well: records of its earlier terms may stand in places that were passed here.
      this.#send({ kind: "raise", epoch, session, floor: Math.max(known, term) });
      return;
    }
    const ended = this.#outbox.settledBy(origin, welcome.applied);
    const isNew = this.#boots.get(term) !== bootId || this.#origin !== origin;
    if (!isNew && ended.length === 0) {
      this.#opened(welcome, now);
      return;
    }
    this.#phase = { name: "adopting", welcome };
    this.#apply({ streams: [], boot: { term, bootId }, origin, ended });
  }

  #newestTerm(): number {
    let newest = 0;
    for (const { cursor } of this.#streams.values()) newest = Math.max(newest, cursor.term);
    return newest;
  }

  #opened({ session, origin, streams }: Welcome, now: Millis): void {
    this.#phase = { name: "open", session, origin };
    for (const { id } of streams) {
      const stream = this.#streamOf(id);
      this.#pull(stream, now);
      this.#acknowledge(stream);
    }
    this.#sendCommands(now);
  }

  #streamOf(id: string): StreamReceiver {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new StreamReceiver(id, beginning);
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #pull(stream: StreamReceiver, now: Millis): void {
    if (this.#phase.name !== "open") return;
    const { epoch, settings } = this.#parts;
    stream.askedAt = now;
    stream.tries++;
    const { batchRecords: records, batchBytes: bytes } = settings;
    this.#send({ kind: "pull", epoch, session: this.#phase.session, stream: stream.id, from: stream.tail, records, bytes });
  }

  #refusedBy({ code, seen, session, board }: Refusal, now: Millis): void {
    const { epoch, log } = this.#parts;
    if (code === "STALE_EPOCH" && seen > epoch) {
      log.error({ board, epoch, seen }, "another gateway is in charge of the board; this one keeps away from it");
      this.counts.refused++;
      this.#phase = { name: "fenced" };
    } else if (code === "ID_MISMATCH") {
      log.error({ expected: this.#parts.board, got: board }, "another board answers in the place of this one");
      this.counts.refused++;
    } else if (code === "NO_SESSION" && this.#phase.name === "open" && session === this.#phase.session) this.#hail(now);
  }

  #inSession(message: Exclude<UpMessage, Welcome | Refusal | { readonly kind: "announce" }>, now: Millis): void {
    const phase = this.#phase;
    if (phase.name === "raising" && message.kind === "raised" && message.session === phase.session) {
      this.#hail(now);
      return;
    }
    if (phase.name !== "open" || message.session !== phase.session) {
      this.counts.foreign++;
      if (phase.name === "away") this.#hail(now);
      return;
    }
    this.#heardAt = now;
    switch (message.kind) {
      case "append":
        this.#append(message, now);
        return;
      case "live":
        this.#actions.push({ do: "live", values: message.values });
        return;
      case "beat":
        this.#send({ ...message, epoch: this.#parts.epoch } satisfies Beat);
        return;
      case "reply":
        if (this.#outbox.replied(message.record)) this.#keep();
        return;
    }
  }

  #append(append: Append, now: Millis): void {
    const stream = this.#streamOf(append.stream);
    if (this.#waitingBytes() + append.records.length > this.#parts.settings.waitingBytes) {
      this.counts.astray++;
      return;
    }
    const reception = stream.receive(append);
    this.counts[reception]++;
    if (reception === "taken") this.#keep();
    else if (reception === "old") this.#acknowledge(stream);
    else if (stream.askedAt === undefined) this.#pull(stream, now);
  }

  /** Says again what is kept: an earlier acknowledgement may be lost. */
  #acknowledge({ id, cursor }: StreamReceiver): void {
    if (this.#phase.name !== "open" || compareCursors(cursor, beginning) === 0) return;
    this.#send({ kind: "ack", epoch: this.#parts.epoch, session: this.#phase.session, stream: id, cursor });
  }

  #waitingBytes(): number {
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += stream.bytes;
    return bytes;
  }

  /** All that waits goes into one batch, while no other is being kept. */
  #keep(): void {
    if (this.#applying !== undefined) return;
    const streams: StreamBatch[] = [];
    for (const stream of this.#streams.values()) {
      const batch = stream.take();
      if (batch !== undefined) streams.push(batch);
    }
    // The board says how a command ended when that is on its disk: whichever comes first, the answer or the record, settles it.
    const ended = [...this.#outbox.answers(), ...streams.flatMap(({ records }) => endedIn(records))];
    if (streams.length > 0 || ended.length > 0) this.#apply({ streams, ended });
  }

  #apply(batch: LinkBatch): void {
    this.#applying = batch;
    this.#actions.push({ do: "apply", batch });
  }

  #kept({ streams, boot, origin, ended }: LinkBatch): void {
    for (const { stream, cursor, records, gaps } of streams) {
      this.#streamOf(stream).cursor = cursor;
      this.counts.records += records.length;
      this.counts.gaps += gaps.length;
    }
    if (boot !== undefined) this.#boots.set(boot.term, boot.bootId);
    if (origin !== undefined) this.#origin = origin;
    this.#outbox.ended(ended);
  }

  /** Goes on with what had to wait for the batch before. */
  #resume(now: Millis): void {
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) this.#welcomed(early, now);
    else if (this.#phase.name === "open") {
      this.#keep();
      this.#sendCommands(now);
    }
  }

  #sendCommands(now: Millis): void {
    if (this.#phase.name !== "open") return;
    const { session, origin } = this.#phase;
    const cmdSeqs = this.#outbox.unmarked();
    if (cmdSeqs.length > 0 && !this.#marking) {
      this.#marking = true;
      this.#actions.push({ do: "mark", cmdSeqs, origin });
    }
    for (const message of this.#outbox.due(this.#parts.epoch, session, now)) this.#send(message);
  }

  #send(message: (GatewayAction & { do: "send" })["message"]): void {
    this.#actions.push({ do: "send", message });
  }
}

function endedIn(records: readonly JournalRecord[]): readonly CommandRecord[] {
  const ended: CommandRecord[] = [];
  for (const record of records) {
    const one = record.kind === RecordKind.command ? decodeCommandRecord(record.payload) : undefined;
    if (one !== undefined) ended.push(one);
  }
  return ended;
}
