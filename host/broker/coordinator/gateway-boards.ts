import type { JsonObject } from "../../../shared/base/json.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { Boards, IfMatch } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { BoardDocument, BoardIntent, BoardLinkState, BoardView } from "../../../shared/twin/documents/board-document.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { BoardCredentials } from "../accounts/board-credentials.ts";
import type { BoardRegistry } from "./board-registry.ts";
import type { Coordinator } from "./coordinator.ts";

export interface GatewayBoardsParts {
  readonly registry: BoardRegistry;
  readonly coordinator: Coordinator;
  readonly credentials: BoardCredentials;
}

/** The boards of the gateway, for people. */
export class GatewayBoards implements Boards {
  readonly #parts: GatewayBoardsParts;

  constructor(parts: GatewayBoardsParts) {
    this.#parts = parts;
  }

  async list(): Promise<readonly BoardView[]> {
    return [...this.#parts.registry.all].map((board) => this.#view(board));
  }

  async get(id: string): Promise<BoardView | undefined> {
    const board = this.#parts.registry.get(id);
    return board === undefined ? undefined : this.#view(board);
  }

  async create(actor: Actor, intent: BoardIntent): Promise<BoardView> {
    return this.#view(await this.#parts.registry.create(actor, intent));
  }

  /** A link that was given up, or one with a stream that was, begins anew with any patch. */
  async patch(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<BoardView> {
    const board = await this.#parts.registry.patch(actor, id, patch, when);
    const stands = this.#parts.coordinator.state(id);
    if (stands?.state === "failed" || stands?.streams.some(({ state }) => state === "failed")) this.#parts.coordinator.renew(id);
    return this.#view(board);
  }

  async adopt(actor: Actor, id: string, intent: Omit<BoardIntent, "id">): Promise<BoardView> {
    return this.#view(await this.#parts.registry.adopt(actor, id, intent));
  }

  async remove(actor: Actor, id: string, when: IfMatch): Promise<void> {
    await this.#parts.registry.remove(actor, id, when);
    await this.#parts.credentials.revoke(id);
  }

  async credentials(actor: Actor, id: string): Promise<{ readonly username: string; readonly password: string }> {
    const { registry, credentials } = this.#parts;
    registry.allow(actor, "board:exec", id);
    if (registry.get(id) === undefined) throw new NotFound("board", id);
    return credentials.issue(actor, id);
  }

  onState(listener: (board: string, state: BoardLinkState) => void): () => void {
    return this.#parts.coordinator.onState(listener);
  }

  metrics(): readonly Metric[] {
    return this.#parts.coordinator.metrics();
  }

  #view(board: BoardDocument): BoardView {
    const link = this.#parts.coordinator.state(board.id) ?? { state: "disabled", since: board.updatedAt, waitingCommands: 0, streams: [] };
    return { ...board, link };
  }
}
