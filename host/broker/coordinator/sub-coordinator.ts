import { randomBytes } from "node:crypto";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Instant, instant, type Millis, millis } from "../../../shared/base/units.ts";
import { GatewayEnd } from "../../../shared/connectors/link/gateway-end.ts";
import type { UpMessage, Welcome } from "../../../shared/connectors/link/link-message.ts";
import type { GatewayLinkSettings } from "../../../shared/connectors/link/link-settings.ts";
import type { LinkBatch, LinkCommand, LinkStore, LinkVerifier } from "../../../shared/connectors/ports.ts";
import type { BoardLinkState, StreamState } from "../../../shared/twin/documents/board-document.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { EventDraft } from "../../../shared/twin/store-ports.ts";
import { CommandWithdrawn } from "../link-store/command-book.ts";
import { StreamReadFailed } from "../link-store/read-stream.ts";
import { boardEvent } from "./board-events.ts";
import { BoardStanding, type StandingFacts } from "./board-standing.ts";
import { BootWatch } from "./boot-watch.ts";
import { CommandOrder } from "./command-order.ts";
import { guardedStore } from "./guarded-store.ts";
import { StreamRoutine } from "./stream-routine.ts";
import { Supervision } from "./supervision.ts";

export interface SubCoordinatorParts {
  readonly board: string;
  readonly store: LinkStore;
  readonly settings: GatewayLinkSettings;
  /** Absent: whoever answers to the board's name is the board. */
  readonly verifier: LinkVerifier | undefined;
  readonly send: (payload: Uint8Array) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (event: EventDraft) => void;
  /** Something that is shown changed. */
  readonly changed: () => void;
  /** What the board said of itself when a session was opened. */
  readonly opened: (welcome: Pick<Welcome, "version" | "applied">) => void;
}

/** How long a command waits for a lower number that was given. */
const orderWait = millis(2000);
/** The same alarm is not told again within this time. */
const quiet = 600_000;

type Work = { readonly name: "opening" } | { readonly name: "running"; readonly end: GatewayEnd } | Rest;
type Rest =
  | { readonly name: "waiting"; readonly reason: string; readonly disarm: Disarm }
  | { readonly name: "failed"; readonly reason: string }
  | { readonly name: "closed" };

/** The link to one board, begun anew by itself when it fails: its streams, its commands, and how it stands. */
export class SubCoordinator {
  readonly board: string;
  /** Times that it, or one of its streams, was begun anew after a fault. */
  restarts = 0;
  readonly #parts: SubCoordinatorParts;
  readonly #streams = new Map<string, StreamRoutine>();
  readonly #supervision = new Supervision();
  readonly #order = new CommandOrder();
  readonly #boots = new BootWatch();
  readonly #standing: BoardStanding;
  #work: Work = { name: "opening" };
  #wayUp = false;
  #wayReason = "the gateway has no connection to the broker yet";
  #watched = true;
  /** Commands that the end has. */
  #known = new Set<number>();
  #session: string | undefined;
  #welcome: Welcome | undefined;
  #toldDuplicate = Number.NEGATIVE_INFINITY;
  #storeFault: string | undefined;
  #opening: Promise<void> = Promise.resolve();
  #wakeOrder: Disarm | undefined;

  constructor(parts: SubCoordinatorParts) {
    this.#parts = parts;
    this.board = parts.board;
    this.#standing = new BoardStanding(parts.board, parts.clock);
    this.#begin();
  }

  get phase(): string {
    return this.#work.name === "running" ? this.#work.end.link.phase : this.#work.name;
  }

  get waitingCommands(): number {
    return this.#work.name === "running" ? this.#work.end.link.waitingCommands : 0;
  }

  /** The way to boards stands. */
  up(): void {
    this.#wayUp = true;
    this.#standing.forgive();
    this.#guard(() => this.#end?.connected());
    this.check();
  }

  down(reason: string): void {
    this.#wayUp = false;
    this.#wayReason = reason;
    this.#guard(() => this.#end?.disconnected());
    this.check();
  }

  receive(payload: Uint8Array): void {
    this.#guard(() => this.#end?.receive(payload));
    if (this.#work.name === "running" && (this.#welcome !== undefined || (this.#standing.state === "online") !== (this.phase === "open")))
      this.check();
  }

  gave(cmdSeq: number): void {
    this.#order.gave(cmdSeq);
  }

  /** A command that the store has. */
  issue(command: LinkCommand): void {
    for (const one of this.#order.came(command)) this.#issue(one);
    if (this.#order.waits)
      this.#wakeOrder ??= this.#parts.clock.after(orderWait, () => {
        this.#wakeOrder = undefined;
        for (const one of this.#order.giveUp()) this.#issue(one);
      });
  }

  /** A command ended before it was sent: it is taken back. */
  withdraw(cmdSeq: number): void {
    if (this.#known.has(cmdSeq)) this.#reload();
  }

  /** True while a stream has something left to bring: what is shown of it changes all the time. */
  get isMoving(): boolean {
    if (this.#standing.state !== "online") return false;
    for (const stream of this.#streams.values()) if (stream.remaining > 0) return true;
    return false;
  }

  /** Whether anybody looks at newest values. */
  watch(watched: boolean): void {
    this.#watched = watched;
    this.#guard(() => this.#end?.watch(watched));
  }

  /** The key that may speak for the board changed, or somebody mended what was given up: it begins anew. */
  renew(): void {
    this.#supervision.forgive();
    for (const stream of this.#streams.values()) stream.renew();
    this.#reload();
  }

  /** Looks what the time changes; called every second, and when something happens. */
  check(): void {
    if (this.#work.name === "closed") return;
    const { clock, changed, log, tell } = this.#parts;
    const now = clock.monotonic();
    let again = false;
    for (const stream of this.#streams.values()) again = stream.restart(now) || again;
    if (again) this.#guard(() => this.#end?.connected());
    if (this.#welcome !== undefined && this.phase === "open") {
      const welcome = this.#welcome;
      this.#welcome = undefined;
      this.#opened(welcome, now);
    }
    const events = this.#standing.look(this.#facts());
    if (events === undefined) return;
    log.info({ board: this.board }, `the link to a board is ${this.#standing.state}`);
    for (const event of events) tell(event);
    changed();
  }

  view(): BoardLinkState {
    const { clock } = this.#parts;
    const standing = this.#standing;
    const reason = standing.reason(this.#facts());
    return {
      state: standing.state,
      since: standing.since,
      waitingCommands: this.waitingCommands,
      streams: this.#streamStates(clock.monotonic(), clock.wall()),
      ...(reason !== undefined && { reason }),
      ...(standing.heard !== undefined && { heardAt: standing.heard }),
    };
  }

  async close(): Promise<void> {
    const work = this.#work;
    this.#work = { name: "closed" };
    this.#wakeOrder?.();
    if (work.name === "waiting") work.disarm();
    await this.#opening;
    if (work.name === "running") await work.end.close();
  }

  get #end(): GatewayEnd | undefined {
    return this.#work.name === "running" ? this.#work.end : undefined;
  }

  #begin(): void {
    this.#work = { name: "opening" };
    this.#opening = this.#open().catch((error: unknown) => this.#fail(error));
  }

  async #open(): Promise<void> {
    const { board, store, settings, verifier, send, clock, log } = this.#parts;
    const guarded = this.#guardedStore(store);
    const end = await GatewayEnd.open({
      board,
      store: guarded,
      settings,
      send,
      clock,
      log,
      see: (message) => this.#see(message),
      ...(verifier !== undefined && { identity: { verifier, newChallenge: () => randomBytes(16).toString("hex") } }),
    });
    if (this.#work.name !== "opening") return end.close();
    this.#work = { name: "running", end };
    end.watch(this.#watched);
    if (this.#wayUp) end.connected();
    this.check();
  }

  /** What goes wrong in the store restarts no more than it has to. */
  #guardedStore(store: LinkStore): LinkStore {
    return guardedStore(store, {
      loaded: ({ commands, cursors }) => {
        this.#known = new Set(commands.map(({ command }) => command.cmdSeq));
        for (const [id, cursor] of cursors) this.#stream(id).cursor = cursor;
      },
      kept: (batch) => this.#kept(batch),
      described: () => this.#parts.changed(),
      answered: () => {
        this.#storeFault = undefined;
      },
      failed: (error) => this.#storeFailed(error),
    });
  }

  #issue(command: LinkCommand): void {
    if (this.#work.name === "running" && !this.#known.has(command.cmdSeq)) {
      const { end } = this.#work;
      this.#known.add(command.cmdSeq);
      this.#guard(() => end.issue(command));
    } else if (this.#work.name === "opening") void this.#opening.then(() => this.#issue(command));
    this.#parts.changed();
  }

  /** Looks at a message ahead of the link: who speaks, and which streams are wanted. */
  #see(message: UpMessage): UpMessage {
    const { clock } = this.#parts;
    const now = clock.monotonic();
    switch (message.kind) {
      case "announce":
        if (message.online) this.#heardBoot(message.bootId, now);
        return message;
      case "welcome":
        this.#heardBoot(message.bootId, now);
        // Whether it is the board's own the link finds out next.
        this.#welcome = message;
        return { ...message, streams: message.streams.filter(({ id }) => this.#streams.get(id)?.works !== false) };
      case "refusal":
        return message;
      case "append":
        if (message.session === this.#session) this.#streams.get(message.stream)?.received(message, now);
        break;
    }
    if (message.session === this.#session) {
      this.#standing.hear();
    }
    return message;
  }

  /** The link took the welcome: a session is open. */
  #opened({ session, streams, version, applied }: Welcome, now: Millis): void {
    this.#session = session;
    this.#standing.hear();
    const told = new Map(streams.map((stream) => [stream.id, stream]));
    for (const id of told.keys()) this.#stream(id);
    for (const stream of this.#streams.values()) stream.welcomed(told.get(stream.id), now);
    this.#parts.opened({ version, applied });
  }

  #stream(id: string): StreamRoutine {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new StreamRoutine(id);
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #kept({ streams, ended }: LinkBatch): void {
    const { clock } = this.#parts;
    const now = clock.monotonic();
    for (const batch of streams) {
      const newest = batch.records[batch.records.length - 1]?.micros;
      this.#stream(batch.stream).kept(batch, newest === undefined ? undefined : instant(newest / 1000), now);
    }
    for (const { cmdSeq } of ended) this.#known.delete(cmdSeq);
    if (this.#standing.state !== "online" || this.#welcome !== undefined) clock.after(millis(0), () => this.check());
  }

  #heardBoot(bootId: string, now: Millis): void {
    if (!this.#boots.heard(bootId) || now - this.#toldDuplicate < quiet) return;
    this.#toldDuplicate = now;
    const { board, log, tell } = this.#parts;
    log.error({ board }, "two boards use the same id");
    tell(boardEvent("board.duplicate-id", board, "alarm", `two boards say that they are ${board}; give one of them another id`));
  }

  #storeFailed(error: unknown): void {
    const { clock, log, board, tell, changed } = this.#parts;
    const again = (work: () => void): void => void clock.after(millis(0), () => this.#guard(work));
    if (error instanceof StreamReadFailed) {
      this.restarts++;
      const goesOn = this.#stream(error.stream).fail(error.message, clock.monotonic());
      log.error({ board, stream: error.stream, err: error, goesOn }, "a stream of a board failed; the others go on");
      if (!goesOn) tell(boardEvent("stream.failed", board, "warning", `stream ${error.stream} of ${board} is given up: ${error.message}`));
      again(() => this.#end?.connected());
      changed();
    } else if (error instanceof CommandWithdrawn) again(() => this.#reload());
    else if (error instanceof RevisionConflict) {
      // The link's idea of what is kept is not what is kept.
      log.warn({ board, err: error }, "what is kept of a board changed beside its link, which begins anew");
      again(() => this.#fail(error));
    } else if (error instanceof EdgeError) this.#storeFault = error.message;
    else again(() => this.#fail(error));
  }

  /** Ends what runs and begins with what is kept. */
  #reload(): void {
    const work = this.#work;
    if (work.name === "closed" || work.name === "opening") return;
    if (work.name === "waiting") work.disarm();
    this.#session = undefined;
    if (work.name !== "running") this.#begin();
    else {
      this.#work = { name: "opening" };
      this.#opening = work.end
        .close()
        .then(() => this.#open())
        .catch((error: unknown) => this.#fail(error));
    }
    this.check();
  }

  /** Runs what must not reach anybody else when it throws. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const work = this.#work;
    if (work.name === "closed" || work.name === "waiting" || work.name === "failed") return;
    const { board, clock, log, tell } = this.#parts;
    const reason = error instanceof Error ? error.message : String(error);
    const wait = this.#supervision.failed(clock.monotonic());
    this.restarts++;
    this.#session = undefined;
    if (work.name === "running") void work.end.close().catch(() => undefined);
    log.error({ board, err: error, wait }, "the link to a board failed; only this one begins anew");
    if (wait === undefined) {
      this.#work = { name: "failed", reason };
      tell(boardEvent("board.failed", board, "alarm", `the link to ${board} failed five times and is given up: ${reason}`));
    } else this.#work = { name: "waiting", reason, disarm: clock.after(wait, () => this.#begin()) };
    this.check();
  }

  #facts(): StandingFacts {
    const work = this.#work;
    return {
      wayUp: this.#wayUp,
      wayReason: this.#wayReason,
      isGivenUp: work.name === "failed",
      fault: work.name === "failed" || work.name === "waiting" ? work.reason : undefined,
      storeFault: this.#storeFault,
      link: work.name === "running" ? work.end.link : undefined,
    };
  }

  #streamStates(now: Millis, wall: Instant): StreamState[] {
    const isOnline = this.#standing.state === "online";
    return [...this.#streams.values()].map((stream) => stream.state(isOnline, true, now, wall));
  }
}
