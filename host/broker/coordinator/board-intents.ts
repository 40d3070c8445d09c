import type { BoardDocument, BoardIntent } from "../../../shared/twin/documents/board-document.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";

/** A board as `boards.json` names it. */
export function intentOf({ id, name, address, enabled, labels, keyFingerprint }: BoardDocument): BoardIntent {
  return {
    id,
    ...(name !== id && { name }),
    ...(address !== undefined && { address }),
    ...(!enabled && { enabled }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(keyFingerprint !== undefined && { keyFingerprint }),
  };
}

/** The board that somebody names, with what is known of it otherwise. A fingerprint that was pinned stays until another is named. */
export function adoptedBoard(intent: BoardIntent, now: BoardDocument | undefined): Draft<"board"> {
  const { id, name = id, enabled = true, labels = {} } = intent;
  const address = intent.address ?? now?.address;
  const keyFingerprint = intent.keyFingerprint ?? now?.keyFingerprint;
  return {
    id,
    name,
    enabled,
    labels,
    state: "adopted",
    ...(address !== undefined && { address }),
    ...(keyFingerprint !== undefined && { keyFingerprint }),
    ...(now?.version !== undefined && { version: now.version }),
    ...(now?.discoveredAt !== undefined && { discoveredAt: now.discoveredAt }),
  };
}

/** The thing that stands for a board. What people wrote on it stays. */
export function thingOfBoard(board: Draft<"board">, now: ThingDocument | undefined): Draft<"thing"> {
  if (now !== undefined) return { ...draftOf<"thing">(now), name: board.name, labels: board.labels, board: board.id };
  return {
    id: board.id,
    kind: "board",
    name: board.name,
    labels: board.labels,
    board: board.id,
    lifecycle: { desired: "present", reported: "present", deleting: [] },
  };
}
