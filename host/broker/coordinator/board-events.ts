import type { Severity } from "../../../shared/twin/documents/event-document.ts";
import type { EventDraft } from "../../../shared/twin/store-ports.ts";

/** An event about a board. */
export function boardEvent(type: string, board: string, severity: Severity, text: string, data?: EventDraft["data"]): EventDraft {
  return { type, kind: "board", id: board, thing: board, severity, text: text.slice(0, 512), ...(data !== undefined && { data }) };
}
