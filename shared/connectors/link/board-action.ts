import type { Cursor } from "../../pipeline/cursor.ts";
import type { ReadBounds } from "../../pipeline/ports.ts";
import type { LinkCommand } from "../ports.ts";
import type { UpMessage } from "./link-message.ts";

/** What the board's end of the link wants done. */
export type BoardAction =
  /** Publish; for `live`, tell when the broker has it, or when it never will. */
  | { readonly do: "send"; readonly message: UpMessage }
  /** Read the journal and give the batch back under the same ticket. */
  | { readonly do: "read"; readonly stream: string; readonly after: Cursor; readonly bounds: ReadBounds; readonly ticket: number }
  | { readonly do: "acknowledge"; readonly stream: string; readonly cursor: Cursor }
  /** Keep the epoch that is obeyed and the term that will be told, then say so. */
  | { readonly do: "remember"; readonly epoch: number; readonly term: number }
  /** Raise the journal's term, keep the floor, then say so. */
  | { readonly do: "raise"; readonly floor: number }
  /** Carry out a command once, or say again how it ended. */
  | { readonly do: "command"; readonly command: LinkCommand; readonly after: number };
