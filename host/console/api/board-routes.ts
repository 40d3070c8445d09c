import type { boardRoutes } from "../../../shared/console/api/board-api.ts";
import type { Boards } from "../../../shared/console/gateway-ports.ts";
import type { Access, Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import { visibleThings } from "../../../shared/twin/access/visible-things.ts";
import { BoardView } from "../../../shared/twin/documents/board-document.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import type { Handlers } from "./api-call.ts";
import { asObject } from "./document-routes.ts";
import { listQuery } from "./list-query.ts";

export interface BoardParts {
  readonly boards: Boards;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly lists: MemoryLists;
}

const fields = Object.keys(BoardView.properties);

/** Boards are things, too: a grant on the thing of a board covers the board. */
export function boardHandlers({ boards, access, refusals, lists }: BoardParts): Handlers<typeof boardRoutes> {
  const check = (actor: Actor, permission: Permission, id: string): void => {
    const refusal = access.refusal(actor, permission, { thing: id });
    if (refusal === undefined) return;
    refusals.refused(actor, { action: permission, kind: "board", id }, refusal.code);
    throw refusal;
  };
  return {
    listBoards: async (call, { query }) => {
      const sees = visibleThings(access, call.actor, "board:list");
      const all = (await boards.list()).filter(({ id }) => sees === undefined || sees(id));
      return lists.page("board", all, fields, listQuery(query));
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
