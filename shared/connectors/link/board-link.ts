import type { Log } from "../../base/log.ts";
import { type Millis, millis } from "../../base/units.ts";
import { microsAt } from "../../pipeline/journal-record.ts";
import type { JournalBatch } from "../../pipeline/ports.ts";
import type { BoardAction } from "./board-action.ts";
import { BoardStatements, type BoardStatementsParts } from "./board-statements.ts";
import type { CommandRecord } from "./command-record.ts";
import type { DownMessage, Hello, LiveValue } from "./link-message.ts";
import { type BoardLinkSettings, linkTimes, mostTries } from "./link-settings.ts";
import { LiveAhead } from "./live-ahead.ts";
import type { LiveValues } from "./live-values.ts";
import { StreamSenders } from "./stream-senders.ts";

export interface BoardLinkParts extends BoardStatementsParts {
  readonly settings: BoardLinkSettings;
  /** 32 hexadecimal digits, random. */
  readonly newSession: () => string;
  readonly log: Log;
}

/** Where the board's end stands. */
type Phase =
  | { readonly name: "offline" }
  /** Connected to the broker; no gateway has said hello. */
  | { readonly name: "waiting"; readonly announceAt: Millis }
  /** The epoch of a hello is being kept. */
  | { readonly name: "greeting"; readonly hello: Hello }
  | OpenPhase
  /** The journal is being raised; then the gateway says hello again. */
  | { readonly name: "raising"; readonly session: string };

interface OpenPhase {
  readonly name: "open";
  readonly hello: Hello;
  readonly session: string;
  heardAt: Millis;
  beatAt: Millis;
  /** Of the heartbeat that has no answer yet; 0: none. */
  stamp: number;
}

/**
 * The board's end of the link to its gateway: what to send when, nothing of how. Fed with what happens and the monotonic time; gives what is to be done.
 * At most the window's bytes are on their way, records are sent only when they are on disk, and nothing of another session counts.
 */
export class BoardLink {
  readonly senders: StreamSenders;
  readonly #live: LiveAhead;
  readonly #statements: BoardStatements;
  /** Sessions begun, hellos of older gateways refused, and the time from a heartbeat to its answer. */
  sessions = 0;
  refused = 0;
  roundTrip = millis(0);
  readonly #parts: BoardLinkParts;
  #phase: Phase = { name: "offline" };
  #actions: BoardAction[] = [];

  constructor(parts: BoardLinkParts, now: Millis) {
    this.#parts = parts;
    const { journal, settings } = parts;
    this.senders = new StreamSenders({ journal, settings }, now);
    this.#live = new LiveAhead({ settings, senders: this.senders }, now);
    this.#statements = new BoardStatements(parts);
  }

  /** Newest values that wait, ahead of their records. */
  get live(): LiveValues {
    return this.#live.values;
  }

  /** True while a gateway is in session. */
  get open(): boolean {
    return this.#phase.name === "open";
  }

  get session(): string | undefined {
    return this.#phase.name === "open" ? this.#phase.session : undefined;
  }

  /** Takes what is to be done since the last call. */
  take(): readonly BoardAction[] {
    const actions = this.#actions;
    if (actions.length > 0) this.#actions = [];
    return actions;
  }

  connected(now: Millis): void {
    this.#await(now);
  }

  disconnected(): void {
    this.#end();
    this.#phase = { name: "offline" };
  }

  received(message: DownMessage, now: Millis): void {
    if (message.kind === "hello") this.#hello(message, now);
    else if (message.epoch < this.#parts.memory().epoch) this.#send(this.#statements.refusal("STALE_EPOCH", message.session));
    else if (this.#phase.name !== "open" || message.session !== this.#phase.session)
      this.#send(this.#statements.refusal("NO_SESSION", message.session));
    else {
      this.#phase.heardAt = now;
      this.#inSession(message, this.#phase, now);
    }
  }

  /** What was to be remembered is on disk, and the welcome may go. */
  remembered(now: Millis): void {
    const { epoch, term } = this.#parts.memory();
    if (this.#phase.name === "greeting" && epoch >= this.#phase.hello.epoch && term >= this.#parts.journal.term)
      this.#welcome(this.#phase.hello, now);
  }

  /** The journal stands above the floor. */
  raised(now: Millis): void {
    if (this.#phase.name !== "raising") return;
    this.#send({ kind: "raised", session: this.#phase.session, term: this.#parts.journal.term });
    this.#await(now);
  }

  /** Something that was to be done could not be: the session ends, and the gateway has to say hello again. */
  failed(now: Millis): void {
    if (this.#phase.name === "offline") return;
    this.#end();
    this.#phase = { name: "waiting", announceAt: millis(now + linkTimes.beat) };
  }

  /** A group commit brought records of the stream to disk. */
  durable(stream: string, now: Millis): void {
    this.senders.durable(stream);
    this.#pump(now);
  }

  /** What was read under a ticket. */
  read(stream: string, ticket: number, batch: JournalBatch, now: Millis): void {
    if (this.#phase.name !== "open") return;
    const oldest = batch.count === 0 ? 0 : microsAt(batch.records, 0) / 1000;
    if (this.senders.arrived(stream, ticket, batch, now, oldest))
      this.#send({
        kind: "append",
        session: this.#phase.session,
        stream,
        prev: batch.prev,
        last: batch.last,
        count: batch.count,
        records: batch.records,
        more: batch.more,
      });
    this.#pump(now);
  }

  /**
   * A new value of a point, appended to the journal just now: goes ahead of its record, with what else comes in the same moment.
   * @returns true when {@link due} is another than before
   */
  offer(value: LiveValue): boolean {
    return this.#phase.name === "open" && this.#live.offer(value);
  }

  /** The broker has the newest values that were sent, or never will. */
  liveDelivered(now: Millis): void {
    this.#live.delivered();
    if (this.#phase.name === "open") this.#sendLive(this.#phase, now);
  }

  /** What the board has is another than before. */
  described(): void {
    if (this.#phase.name === "open") this.#beat(this.#phase);
  }

  /** A command ended, or had ended when it was asked for again. */
  answered(record: CommandRecord): void {
    if (this.#phase.name === "open") this.#send({ kind: "reply", session: this.#phase.session, record });
  }

  /** Does what the time asks for. Call it at {@link due}; earlier does no harm. */
  tick(now: Millis): void {
    if (this.#phase.name === "waiting" && now >= this.#phase.announceAt) this.#await(now);
    if (this.#phase.name !== "open") return;
    const { heardAt, beatAt, session } = this.#phase;
    if (now >= heardAt + linkTimes.silence || this.senders.overdue(now, mostTries)) {
      this.#parts.log.warn({ session }, "the gateway does not answer; the session ends");
      this.#await(now);
      return;
    }
    if (now >= beatAt) {
      this.#phase.stamp = now;
      this.#beat(this.#phase);
      this.#phase.beatAt = millis(now + linkTimes.beat);
    }
    this.#sendLive(this.#phase, now);
    this.#pump(now);
  }

  /** When {@link tick} is wanted next; `undefined` when only an event can change anything. */
  due(now: Millis): Millis | undefined {
    if (this.#phase.name === "waiting") return this.#phase.announceAt;
    if (this.#phase.name !== "open") return undefined;
    const { heardAt, beatAt } = this.#phase;
    return millis(Math.min(heardAt + linkTimes.silence, beatAt, this.#live.due(), this.senders.due(now)));
  }

  #hello(hello: Hello, now: Millis): void {
    const { board, log, memory } = this.#parts;
    const { epoch } = memory();
    if (this.#phase.name === "offline" || this.#phase.name === "raising") return;
    if (hello.board !== board) {
      log.error({ expected: board, got: hello.board }, "a gateway takes this board for another one");
      this.#send(this.#statements.refusal("ID_MISMATCH"));
    } else if (hello.epoch < epoch) {
      this.refused++;
      log.warn({ epoch: hello.epoch, seen: epoch }, "an older gateway said hello; another one is in charge");
      this.#send(this.#statements.refusal("STALE_EPOCH"));
    } else if (this.#phase.name === "open" && hello.epoch === this.#phase.hello.epoch && hello.call <= this.#phase.hello.call) {
      // The network brought it twice: it is answered again, or has been followed by another.
      if (hello.call === this.#phase.hello.call) this.#send(this.#statements.welcome(hello, this.#phase.session));
    } else {
      this.#end();
      this.#phase = { name: "greeting", hello };
      const { term } = this.#parts.journal;
      if (hello.epoch > epoch || term > memory().term) this.#actions.push({ do: "remember", epoch: hello.epoch, term });
      else this.#welcome(hello, now);
    }
  }

  #welcome(hello: Hello, now: Millis): void {
    const session = this.#parts.newSession();
    this.sessions++;
    this.senders.begin(now);
    this.#phase = { name: "open", hello, session, heardAt: now, beatAt: millis(now + linkTimes.beat), stamp: 0 };
    this.#send(this.#statements.welcome(hello, session));
  }

  #inSession(message: Exclude<DownMessage, Hello>, phase: OpenPhase, now: Millis): void {
    switch (message.kind) {
      case "pull":
        this.senders.pull(message);
        break;
      case "ack":
        if (this.senders.acknowledge(message.stream, message.cursor, now))
          this.#actions.push({ do: "acknowledge", stream: message.stream, cursor: message.cursor });
        break;
      case "raise":
        this.#end();
        this.#phase = { name: "raising", session: phase.session };
        this.#actions.push({ do: "raise", floor: message.floor });
        return;
      case "command": {
        const { kind: _kind, epoch: _epoch, session: _session, after, ...command } = message;
        this.#actions.push({ do: "command", command, after });
        return;
      }
      case "beat":
        if (message.stamp === phase.stamp && phase.stamp > 0) {
          this.roundTrip = millis(now - message.stamp);
          phase.stamp = 0;
        }
        if (message.live !== undefined) this.#live.watched = message.live;
        return;
      case "describe": {
        const part = this.#statements.description(message.part, phase.session);
        if (part !== undefined) this.#send(part);
        return;
      }
    }
    this.#pump(now);
  }

  #pump(now: Millis): void {
    if (this.#phase.name !== "open") return;
    for (const read of this.senders.reads(now)) this.#actions.push(read);
  }

  #beat({ session, stamp, hello }: OpenPhase): void {
    this.#send(this.#statements.beat(session, stamp, hello.epoch));
  }

  #sendLive({ session }: OpenPhase, now: Millis): void {
    const values = this.#live.take(now);
    if (values.length > 0) this.#send({ kind: "live", session, values });
  }

  #await(now: Millis): void {
    this.#end();
    this.#phase = { name: "waiting", announceAt: millis(now + linkTimes.beat) };
    this.#send(this.#statements.announce());
  }

  #end(): void {
    this.senders.end();
    this.#live.end();
  }

  #send(message: (BoardAction & { do: "send" })["message"]): void {
    this.#actions.push({ do: "send", message });
  }
}
