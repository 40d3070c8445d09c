import type { JsonObject } from "../../../../shared/base/json.ts";
import type { Metric } from "../../../../shared/base/metric.ts";
import type { Boards, LiveFeed, LiveReading, NodeFacts, NodeSource } from "../../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../../shared/twin/access/access-ports.ts";
import type { BoardIntent, BoardLinkState, BoardView } from "../../../../shared/twin/documents/board-document.ts";
import { AlreadyExists, NotFound } from "../../../../shared/twin/documents/document-errors.ts";

export const onlineLink: BoardLinkState = { state: "online", since: 1, waitingCommands: 0, streams: [] };

/** Boards that do what they are told, and tell who told them. */
export class FakeBoards implements Boards {
  readonly boards = new Map<string, BoardView>();
  readonly #listeners = new Set<(board: string, state: BoardLinkState) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  tell(board: string, state: BoardLinkState): void {
    for (const listener of this.#listeners) listener(board, state);
  }

  async list(): Promise<readonly BoardView[]> {
    return [...this.boards.values()];
  }

  async get(id: string): Promise<BoardView | undefined> {
    return this.boards.get(id);
  }

  async create(_actor: Actor, intent: BoardIntent): Promise<BoardView> {
    if (this.boards.has(intent.id)) throw new AlreadyExists("board", intent.id);
    const board: BoardView = {
      name: intent.id,
      enabled: true,
      labels: {},
      ...intent,
      state: "adopted",
      rev: 1,
      createdAt: 1,
      updatedAt: 1,
      link: onlineLink,
    };
    this.boards.set(board.id, board);
    return board;
  }

  async patch(_actor: Actor, id: string, patch: JsonObject): Promise<BoardView> {
    const name = typeof patch["name"] === "string" ? patch["name"] : this.#find(id).name;
    return this.#put({ ...this.#find(id), name });
  }

  async adopt(_actor: Actor, id: string): Promise<BoardView> {
    return this.#put({ ...this.#find(id), state: "adopted" });
  }

  async remove(_actor: Actor, id: string): Promise<void> {
    this.#find(id);
    this.boards.delete(id);
  }

  async credentials(_actor: Actor, id: string): Promise<{ readonly username: string; readonly password: string }> {
    this.#find(id);
    return { username: id, password: "told once" };
  }

  onState(listener: (board: string, state: BoardLinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  metrics(): readonly Metric[] {
    return [];
  }

  #find(id: string): BoardView {
    const board = this.boards.get(id);
    if (board === undefined) throw new NotFound("board", id);
    return board;
  }

  #put(board: BoardView): BoardView {
    const next = { ...board, rev: board.rev + 1 };
    this.boards.set(next.id, next);
    return next;
  }
}

/** Newest values as a test gives them. */
export class FakeLiveFeed implements LiveFeed {
  readonly #latest = new Map<string, LiveReading>();
  readonly #listeners = new Set<(values: readonly LiveReading[]) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  give(...values: readonly LiveReading[]): void {
    for (const value of values) this.#latest.set(`${value.thing}/${value.feature}`, value);
    for (const listener of this.#listeners) listener(values);
  }

  onValues(listener: (values: readonly LiveReading[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  latest(thing: string, feature: string): LiveReading | undefined {
    return this.#latest.get(`${thing}/${feature}`);
  }
}

/** A machine that is well. */
export class FakeNode implements NodeSource {
  problems: NodeFacts["problems"] = [];

  async facts(): Promise<NodeFacts> {
    return {
      id: "gateway",
      version: "0.0.0",
      hostname: "host",
      os: "linux",
      arch: "x64",
      node: "v24",
      startedAt: 1,
      cpus: 2,
      cpu: 0.1,
      ownCpu: 0.01,
      load: [0, 0, 0],
      memory: { total: 1, free: 1, own: 1 },
      disk: { total: 1, free: 1, data: 1 },
      addresses: ["127.0.0.1"],
      clock: { now: 1, synchronised: undefined },
      board: {},
      store: {},
      problems: this.problems,
    };
  }
}
