import type { LinkBatch } from "../ports.ts";
import type { BoardDescription } from "./board-description.ts";
import type { DownMessage, LiveValue } from "./link-message.ts";

/** What the gateway's end of the link wants done. */
export type GatewayAction =
  | { readonly do: "send"; readonly message: DownMessage }
  /** Keep the batch, then say so. */
  | { readonly do: "apply"; readonly batch: LinkBatch }
  /** Keep that these commands may have reached that storage, then say so. */
  | { readonly do: "mark"; readonly cmdSeqs: readonly number[]; readonly origin: string }
  | { readonly do: "live"; readonly values: readonly LiveValue[] }
  /** Keep what the board has, then say so. */
  | { readonly do: "describe"; readonly description: BoardDescription };
