import type { BoardView } from "../../../../../shared/twin/documents/board-document.ts";
import type { ThingDocument } from "../../../../../shared/twin/documents/thing-document.ts";
import { step } from "./gateway-client.ts";
import { useResource } from "./use-resource.ts";

/** The board that brings a thing, where one does and the person may see it. */
export function useBoardOf(thing: string): BoardView | undefined {
  const board = useResource<ThingDocument>(`/things/${step(thing)}`).data?.board;
  return useResource<BoardView>(board === undefined ? undefined : `/boards/${step(board)}`).data;
}
