import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { decodeUpMessage } from "../../../shared/connectors/link/link-codec.ts";
import { defaultGatewayLink, type GatewayLinkSettings } from "../../../shared/connectors/link/link-settings.ts";
import type { CommandSender } from "../../../shared/console/gateway-ports.ts";
import type { BoardDocument, BoardLinkState } from "../../../shared/twin/documents/board-document.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import type { LiveReadings } from "../feed/live-readings.ts";
import { commandOf } from "../link-store/command-book.ts";
import type { GatewayLinkStore } from "../link-store/gateway-link-store.ts";
import type { BoardTransport } from "../transport/board-transport.ts";
import { boardEvent } from "./board-events.ts";
import { BoardKeys, fingerprintOf } from "./board-keys.ts";
import type { BoardRegistry } from "./board-registry.ts";
import { coordinatorMetrics } from "./coordinator-metrics.ts";
import { SubCoordinator } from "./sub-coordinator.ts";

export interface CoordinatorParts {
  readonly registry: BoardRegistry;
  readonly links: GatewayLinkStore;
  readonly transport: BoardTransport;
  readonly feed: LiveReadings;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings?: GatewayLinkSettings;
  /** False: whoever answers to a board's name is the board; default true. */
  readonly proves?: boolean;
}

const sweep = millis(1000);
/** Changes of one board are told together within this time. */
const gather = millis(250);
/** What a board says before anybody took it in is short. */
const longestAnnounce = 4096;
/** Somebody in a board's place is told of so often. */
const quiet = 600_000;
/** Nothing can be heard through the broker for so long: that is an event. */
const wayLost = 30_000;

/** All boards that are taken in: one link each, none of which can bring down another. */
export class Coordinator implements CommandSender, MetricSource, AsyncDisposable {
  /** Messages of boards that nobody took in, and answers by somebody in a board's place. */
  strangers = 0;
  impostors = 0;
  readonly #parts: CoordinatorParts;
  readonly #subs = new Map<string, SubCoordinator>();
  readonly #closing = new Set<Promise<void>>();
  readonly #keys: BoardKeys;
  readonly #listeners = new Set<(board: string, state: BoardLinkState) => void>();
  readonly #dirty = new Set<string>();
  readonly #told = new Map<string, Millis>();
  #disarm: Disarm | undefined;
  #disarmTell: Disarm | undefined;
  #wayDown: { readonly since: Millis; readonly reason: string; told: boolean } | undefined;
  #watched = true;
  #closed = false;

  private constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#keys = new BoardKeys({
      pinned: (board) => {
        const document = parts.registry.get(board);
        return document?.state === "adopted" ? (document.keyFingerprint ?? "any") : undefined;
      },
      first: (board, keyFingerprint) => parts.registry.learned(board, { keyFingerprint }),
      refused: (board, fingerprint, why) => this.#impostor(board, fingerprint, why),
    });
  }

  /** Begins with all boards that are taken in. */
  static open(parts: CoordinatorParts): Coordinator {
    const coordinator = new Coordinator(parts);
    for (const board of parts.registry.all) coordinator.changed(board.id, board, undefined);
    coordinator.#sweep();
    parts.transport.listen({
      up: () => coordinator.#up(),
      down: (reason) => coordinator.#down(reason),
      message: (board, payload, address) => coordinator.#message(board, payload, address),
      data: (thing, feature, payload) => parts.feed.data(thing, feature, payload),
    });
    return coordinator;
  }

  /** A board came, changed or went. */
  changed(id: string, now: BoardDocument | undefined, before: BoardDocument | undefined): void {
    if (this.#closed) return;
    const sub = this.#subs.get(id);
    const isServed = now?.state === "adopted" && now.enabled;
    if (isServed && sub === undefined) this.#begin(id);
    else if (!isServed && sub !== undefined) this.#end(id, sub);
    else if (
      sub !== undefined &&
      now !== undefined &&
      before?.keyFingerprint !== now.keyFingerprint &&
      before?.keyFingerprint !== undefined
    )
      sub.renew();
    this.#dirty.add(id);
    this.#tellSoon();
  }

  /** Begins the link to a board anew, also one that was given up. */
  renew(id: string): void {
    this.#subs.get(id)?.renew();
  }

  async nextCommand(board: string): Promise<number> {
    const cmdSeq = await this.#parts.links.commands.next(board);
    this.#subs.get(board)?.gave(cmdSeq);
    return cmdSeq;
  }

  issue(operation: OperationDocument): void {
    const command = commandOf(operation);
    if (operation.board === undefined || command === undefined) return;
    this.#subs.get(operation.board)?.issue(command);
  }

  withdraw({ board, cmdSeq }: OperationDocument): void {
    if (board !== undefined && cmdSeq !== undefined) this.#subs.get(board)?.withdraw(cmdSeq);
  }

  onState(listener: (board: string, state: BoardLinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How the link to a board stands; `undefined` for a board that there is not. */
  state(id: string): BoardLinkState | undefined {
    const sub = this.#subs.get(id);
    if (sub !== undefined) return sub.view();
    const document = this.#parts.registry.get(id);
    if (document === undefined) return undefined;
    const { state, discoveredAt, updatedAt } = document;
    if (state === "discovered") return { state, since: discoveredAt ?? updatedAt, waitingCommands: 0, streams: [] };
    return { state: "disabled", since: updatedAt, waitingCommands: 0, streams: [] };
  }

  metrics(): readonly Metric[] {
    const { registry } = this.#parts;
    const states = [...this.#subs.values()].map((sub) => sub.view());
    const restarts = [...this.#subs.values()].reduce((sum, sub) => sum + sub.restarts, 0);
    return coordinatorMetrics({ states, restarts, strangers: this.strangers, impostors: this.impostors, overflowed: registry.overflowed });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#disarm?.();
    this.#disarmTell?.();
    this.#listeners.clear();
    await this.#parts.transport.close();
    await Promise.all([...this.#subs.values()].map((sub) => sub.close()));
    await Promise.all(this.#closing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(id: string): void {
    const { links, settings = defaultGatewayLink, proves = true, transport, clock, log, registry } = this.#parts;
    const sub = new SubCoordinator({
      board: id,
      store: links,
      settings,
      verifier: proves ? this.#keys : undefined,
      send: (payload) => transport.send(id, payload),
      clock,
      log,
      tell: (event) => registry.tell(event),
      changed: () => {
        this.#dirty.add(id);
        this.#tellSoon();
      },
      opened: ({ version, applied }) => {
        links.commands.passed(id, applied);
        registry.learned(id, { version });
      },
    });
    this.#subs.set(id, sub);
    sub.watch(this.#watched);
    if (transport.connected) sub.up();
    else sub.down(this.#wayDown?.reason ?? "the gateway has no connection to the broker yet");
  }

  #end(id: string, sub: SubCoordinator): void {
    this.#subs.delete(id);
    const closed = sub.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #up(): void {
    const down = this.#wayDown;
    this.#wayDown = undefined;
    if (down?.told === true) this.#tellWay("info", "the broker of the boards is reached again");
    for (const sub of this.#subs.values()) sub.up();
  }

  #down(reason: string): void {
    this.#wayDown ??= { since: this.#parts.clock.monotonic(), reason, told: false };
    for (const sub of this.#subs.values()) sub.down(`the gateway's broker is not reached: ${reason}`);
  }

  #message(board: string, payload: Uint8Array, address: string | undefined): void {
    const sub = this.#subs.get(board);
    if (sub !== undefined) {
      sub.receive(payload);
      if (address !== undefined && this.#parts.registry.get(board)?.address !== address) this.#parts.registry.learned(board, { address });
    } else if (this.#parts.registry.get(board)?.state !== "adopted") this.#stranger(board, payload, address);
  }

  /** Nothing is asked of a board that nobody took in; that it is there is noted. */
  #stranger(board: string, payload: Uint8Array, address: string | undefined): void {
    this.strangers++;
    if (payload.length > longestAnnounce) return;
    try {
      const message = decodeUpMessage(payload);
      if (message.kind !== "announce" || !message.online || message.board !== board) return;
      this.#parts.registry.discovered(board, message.key === undefined ? undefined : fingerprintOf(message.key), address);
    } catch {
      // Whoever sends what is no message is no board.
    }
  }

  #impostor(board: string, fingerprint: string, why: "key" | "signature"): void {
    this.impostors++;
    const now = this.#parts.clock.monotonic();
    if (now - (this.#told.get(board) ?? Number.NEGATIVE_INFINITY) < quiet) return;
    this.#told.set(board, now);
    const text =
      why === "key"
        ? `somebody answers as ${board} with another key than the one that is kept; nothing is taken from there and no command goes there`
        : `somebody answers as ${board} and cannot prove to hold its key`;
    this.#parts.registry.tell(boardEvent("board.wrong-key", board, "alarm", text, { fingerprint }));
  }

  /** Every second: what only time changes. */
  #sweep(): void {
    if (this.#closed) return;
    const { clock, feed } = this.#parts;
    for (const [id, sub] of this.#subs) {
      sub.check();
      if (sub.isMoving) this.#dirty.add(id);
    }
    if (this.#wayDown !== undefined && !this.#wayDown.told && clock.monotonic() - this.#wayDown.since >= wayLost) {
      this.#wayDown.told = true;
      this.#tellWay("warning", `the broker of the boards is not reached: ${this.#wayDown.reason}`);
    }
    if (feed.watched !== this.#watched) {
      this.#watched = feed.watched;
      for (const sub of this.#subs.values()) sub.watch(this.#watched);
    }
    if (this.#dirty.size > 0) this.#tellSoon();
    this.#disarm = clock.after(sweep, () => this.#sweep());
  }

  #tellWay(severity: "info" | "warning", text: string): void {
    this.#parts.registry.tell({
      type: severity === "info" ? "broker.reached" : "broker.lost",
      kind: "node",
      id: "broker",
      severity,
      text: text.slice(0, 512),
    });
  }

  #tellSoon(): void {
    if (this.#closed) return;
    this.#disarmTell ??= this.#parts.clock.after(gather, () => {
      this.#disarmTell = undefined;
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      if (this.#listeners.size === 0) return;
      for (const id of dirty) {
        const state = this.state(id);
        if (state !== undefined) for (const listener of this.#listeners) listener(id, state);
      }
    });
  }
}
