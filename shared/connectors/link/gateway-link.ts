import type { Log } from "../../base/log.ts";
import { type Millis, millis } from "../../base/units.ts";
import type { BoardMemory, LinkBatch, LinkCommand } from "../ports.ts";
import { CommandOutbox } from "./command-outbox.ts";
import { endedIn } from "./command-record.ts";
import { DescriptionReceiver } from "./description-receiver.ts";
import type { GatewayAction } from "./gateway-action.ts";
import type { GatewayIdentity, IdentityVerdict } from "./gateway-identity.ts";
import { GatewaySession, type SessionMessage } from "./gateway-session.ts";
import { KnownStorage } from "./known-storage.ts";
import type { Raised, Refusal, UpMessage, Welcome } from "./link-message.ts";
import { type GatewayLinkSettings, linkTimes, mostTries } from "./link-settings.ts";
import { ReceivedStreams } from "./received-streams.ts";

export interface GatewayLinkParts {
  readonly board: string;
  /** This start of the gateway. */
  readonly epoch: number;
  /** What is kept of the board. */
  readonly memory: BoardMemory;
  readonly settings: GatewayLinkSettings;
  /** Who may speak for the board; absent: whoever answers to its name. */
  readonly identity?: GatewayIdentity | undefined;
  /** What the board has is asked for; default false. */
  readonly describes?: boolean;
  readonly log: Log;
}

/** Where the gateway's end stands with one board. `fenced`: a newer gateway is in charge, and this one keeps quiet. */
type Phase =
  | { readonly name: "away" }
  | { readonly name: "calling"; readonly at: Millis; readonly tries: number }
  | { readonly name: "adopting"; readonly welcome: Welcome }
  | { readonly name: "raising"; readonly session: string; readonly at: Millis }
  | { readonly name: "open"; readonly session: GatewaySession }
  | { readonly name: "fenced" };

/**
 * The gateway's end of the link to one board: what to ask, keep and acknowledge when, nothing of how. Fed with what happens and the monotonic time;
 * gives what is to be done. Nothing is acknowledged before it is kept; what does not follow on what is here is asked for again.
 */
export class GatewayLink {
  /**
   * Appends by what became of them, records and holes that were kept, and sessions; `unproved` welcomes that were not shown to be the board's, `unknown`
   * such of a key that nobody knows.
   */
  readonly counts = {
    taken: 0,
    old: 0,
    astray: 0,
    corrupt: 0,
    foreign: 0,
    refused: 0,
    records: 0,
    gaps: 0,
    sessions: 0,
    raised: 0,
    unproved: 0,
    unknown: 0,
  };
  readonly #parts: GatewayLinkParts;
  readonly #streams: ReceivedStreams;
  readonly #storage: KnownStorage;
  readonly #outbox: CommandOutbox;
  readonly #description: DescriptionReceiver;
  #phase: Phase = { name: "away" };
  #actions: GatewayAction[] = [];
  #applying: LinkBatch | undefined;
  #call = 0;
  /** A welcome that came while a batch was being kept. */
  #early: Welcome | undefined;
  #verdict: IdentityVerdict | undefined;
  /** Until then a board that did not prove who it is has to wait for another call. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  #watched = true;

  constructor(parts: GatewayLinkParts) {
    this.#parts = parts;
    const { cursors, commands, description } = parts.memory;
    this.#streams = new ReceivedStreams(cursors);
    this.#storage = new KnownStorage(parts.memory);
    this.#outbox = new CommandOutbox(commands);
    this.#description = new DescriptionReceiver(description);
  }

  get phase(): Phase["name"] {
    return this.#phase.name;
  }

  /** Commands that have not ended. */
  get waitingCommands(): number {
    return this.#outbox.size;
  }

  /** What was found of the last welcome; `undefined` before the first, and where nobody is asked. */
  get verdict(): IdentityVerdict | undefined {
    return this.#verdict;
  }

  take(): readonly GatewayAction[] {
    const actions = this.#actions;
    if (actions.length > 0) this.#actions = [];
    return actions;
  }

  /** The way to the board stands, or another key may speak for it: calls it. */
  connected(now: Millis): void {
    this.#quietUntil = Number.NEGATIVE_INFINITY;
    this.#hail(now);
  }

  disconnected(): void {
    this.#leave();
  }

  received(message: UpMessage, now: Millis): void {
    if (this.#phase.name === "fenced") return;
    switch (message.kind) {
      case "announce":
        if (message.online) this.#hailed(now);
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
    if (this.#phase.name === "open") this.#phase.session.sendCommands(now);
  }

  /** Whether anybody looks at newest values ahead of their records; a board begins with true. */
  watch(watched: boolean): void {
    if (watched === this.#watched) return;
    this.#watched = watched;
    if (this.#phase.name === "open") this.#phase.session.beat(0, watched);
  }

  /** The batch is on disk. */
  applied(now: Millis): void {
    const batch = this.#applying;
    this.#applying = undefined;
    if (batch === undefined) return;
    this.#kept(batch);
    if (this.#phase.name === "open") this.#phase.session.kept(batch.streams);
    if (this.#phase.name === "adopting") this.#opened(this.#phase.welcome, now);
    this.#resume(now);
  }

  /** The store refused the batch, or the marks: all of it comes again in another session. */
  failed(now: Millis): void {
    this.#applying = undefined;
    this.#early = undefined;
    this.#streams.rewind();
    this.#outbox.rewind();
    if (this.#phase.name !== "fenced" && this.#phase.name !== "away") this.#phase = { name: "calling", at: now, tries: 0 };
  }

  /** The commands are marked and may go. */
  marked(cmdSeqs: readonly number[], origin: string, now: Millis): void {
    this.#outbox.marked(cmdSeqs, origin);
    if (this.#phase.name === "open") this.#phase.session.sendCommands(now);
  }

  /** What the board has is on disk. @param kept false: it could not be kept */
  described(hash: string, kept: boolean): void {
    if (kept) this.#description.kept(hash);
    else this.#description.refuse(hash);
  }

  tick(now: Millis): void {
    const phase = this.#phase;
    if (phase.name === "calling" && now >= phase.at + linkTimes.answer) {
      if (phase.tries < mostTries) this.#hail(now, phase.tries + 1);
      else this.#giveUp(now);
    } else if (phase.name === "raising" && now >= phase.at + linkTimes.silence) this.#hail(now);
    else if (phase.name === "open" && !phase.session.tick(now)) this.#hail(now);
  }

  due(): Millis | undefined {
    const phase = this.#phase;
    if (phase.name === "calling") return millis(phase.at + linkTimes.answer);
    if (phase.name === "raising") return millis(phase.at + linkTimes.silence);
    return phase.name === "open" ? phase.session.due() : undefined;
  }

  #hail(now: Millis, tries = 1): void {
    this.#leave();
    this.#call++;
    this.#phase = { name: "calling", at: now, tries };
    const { board, epoch, identity } = this.#parts;
    this.#send({ kind: "hello", epoch, call: this.#call, board, ...(identity !== undefined && { challenge: identity.challenge() }) });
  }

  /** The board shows that it is there. */
  #hailed(now: Millis): void {
    if (now >= this.#quietUntil) this.#hail(now);
  }

  #leave(): void {
    if (this.#phase.name === "fenced") return;
    this.#early = undefined;
    this.#phase = { name: "away" };
  }

  #giveUp(now: Millis): void {
    if (this.#verdict === false || this.#verdict === "unknown") this.#quietUntil = now + linkTimes.silence;
    this.#leave();
  }

  #welcomed(welcome: Welcome, now: Millis): void {
    const { board, epoch, log } = this.#parts;
    if (this.#phase.name !== "calling" || welcome.epoch !== epoch || welcome.call !== this.#call || welcome.board !== board) return;
    if (!this.#isProved(welcome)) return;
    if (this.#applying !== undefined) {
      this.#early = welcome;
      return;
    }
    this.#streams.rewind();
    this.counts.sessions++;
    const { term, bootId, origin, session } = welcome;
    const known = this.#streams.newestTerm();
    if (this.#storage.isReplacedBy(welcome, known)) {
      log.warn({ board, term, known }, "the board's storage was replaced; its journal is raised above what is here");
      this.counts.raised++;
      this.#phase = { name: "raising", session, at: now };
      // Above its own term as well: records of its earlier terms may stand in places that were passed here.
      this.#send({ kind: "raise", epoch, session, floor: Math.max(known, term) });
      return;
    }
    const ended = this.#outbox.settledBy(origin, welcome.applied);
    if (this.#storage.has(welcome) && ended.length === 0) {
      this.#opened(welcome, now);
      return;
    }
    this.#phase = { name: "adopting", welcome };
    this.#apply({ streams: [], boot: { term, bootId }, origin, ended });
  }

  /** What somebody else says in the board's place is dropped: the board's own answer may yet come. */
  #isProved(welcome: Welcome): boolean {
    const { board, identity, log } = this.#parts;
    if (identity === undefined) return true;
    const verdict = identity.check(welcome);
    if (verdict === false) {
      this.counts.unproved++;
      if (this.#verdict !== false) log.error({ board }, "who answers as this board does not prove to be it; nothing is taken from there");
    } else if (verdict === "unknown") {
      this.counts.unknown++;
      if (this.#verdict !== "unknown")
        log.warn({ board }, "nobody has said whose key this board answers with; nothing is taken from there");
    }
    this.#verdict = verdict;
    return verdict === true;
  }

  #opened(welcome: Welcome, now: Millis): void {
    const { epoch, settings, describes } = this.#parts;
    this.#description.end();
    const session = new GatewaySession(
      {
        welcome,
        epoch,
        settings,
        streams: this.#streams,
        outbox: this.#outbox,
        description: describes === true ? this.#description : undefined,
        counts: this.counts,
        act: (action) => this.#actions.push(action),
        waits: () => this.#keep(),
      },
      this.#watched,
      now,
    );
    this.#phase = { name: "open", session };
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
    } else if (code === "NO_SESSION" && this.#phase.name === "open" && session === this.#phase.session.id) this.#hail(now);
  }

  #inSession(message: SessionMessage | Raised, now: Millis): void {
    const phase = this.#phase;
    if (phase.name === "raising" && message.kind === "raised" && message.session === phase.session) this.#hail(now);
    else if (phase.name === "open" && message.kind !== "raised" && message.session === phase.session.id)
      phase.session.received(message, this.#watched, now);
    else {
      this.counts.foreign++;
      if (phase.name === "away") this.#hailed(now);
    }
  }

  /** All that waits goes into one batch, while no other is being kept. */
  #keep(): void {
    if (this.#applying !== undefined) return;
    const streams = this.#streams.take();
    // The board says how a command ended when that is on its disk: whichever comes first, the answer or the record, settles it.
    const ended = [...this.#outbox.answers(), ...streams.flatMap(({ records }) => endedIn(records))];
    if (streams.length > 0 || ended.length > 0) this.#apply({ streams, ended });
  }

  #apply(batch: LinkBatch): void {
    this.#applying = batch;
    this.#actions.push({ do: "apply", batch });
  }

  #kept(batch: LinkBatch): void {
    this.#streams.kept(batch.streams);
    this.#storage.kept(batch);
    for (const { records, gaps } of batch.streams) {
      this.counts.records += records.length;
      this.counts.gaps += gaps.length;
    }
    this.#outbox.ended(batch.ended);
  }

  /** Goes on with what had to wait for the batch before. */
  #resume(now: Millis): void {
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) this.#welcomed(early, now);
    else if (this.#phase.name === "open") {
      this.#keep();
      this.#phase.session.sendCommands(now);
    }
  }

  #send(message: (GatewayAction & { do: "send" })["message"]): void {
    this.#actions.push({ do: "send", message });
  }
}
