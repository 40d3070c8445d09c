import type { boardRoutes } from "../../../shared/console/api/board-api.ts";
import type { Boards } from "../../../shared/console/gateway-ports.ts";
import type { Access, Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import { visibleThings } from "../../../shared/twin/access/visible-things.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { Handlers } from "./api-call.ts";
import { asObject } from "./document-routes.ts";

export interface BoardParts {
  readonly boards: Boards;
  readonly access: Access;
  readonly refusals: RefusalLog;
}

/** Boards are things, too: a grant on the thing of a board covers the board. */
export function boardHandlers({ boards, access, refusals }: BoardParts): Handlers<typeof boardRoutes> {
  const check = (actor: Actor, permission: Permission, id: string): void => {
    const refusal = access.refusal(actor, permission, { thing: id });
    if (refusal === undefined) return;
    refusals.refused(actor, { action: permission, kind: "board", id }, refusal.code);
    throw refusal;
  };
  return {
    listBoards: async (call, { query: { limit = 50, cursor } }) => {
      const sees = visibleThings(access, call.actor, "board:list");
      const all = (await boards.list()).filter(({ id }) => sees === undefined || sees(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
      const rest = cursor === undefined ? all : all.filter(({ id }) => id > cursor);
      const items = rest.slice(0, limit);
      const last = rest.length > limit ? items.at(-1) : undefined;
      return { items, total: all.length, ...(last !== undefined && { cursor: last.id }) };
    },
    createBoard: (call, { body }) => {
      check(call.actor, "board:create", body.id);
      return boards.create(call.actor, body);
    },
    getBoard: async (call, { params: { id } }) => {
      check(call.actor, "board:read", id);
      const board = await boards.get(id);
      if (board === undefined) throw new NotFound("board", id);
      return board;
    },
    patchBoard: (call, { params: { id }, body }) => {
      check(call.actor, "board:update", id);
      return boards.patch(call.actor, id, asObject(body), call.when);
    },
    deleteBoard: (call, { params: { id } }) => {
      check(call.actor, "board:delete", id);
      return boards.remove(call.actor, id, call.when);
    },
    adoptBoard: (call, { params: { id }, body = {} }) => {
      check(call.actor, "board:create", id);
      return boards.adopt(call.actor, id, body);
    },
    newBoardCredentials: (call, { params: { id } }) => {
      check(call.actor, "board:update", id);
      return boards.credentials(call.actor, id);
    },
  };
}
