import { createContext } from "react";
import type { BoardLinks } from "./board-links.ts";
import type { GatewayClient } from "./gateway-client.ts";
import type { LiveStream } from "./live-stream.ts";
import type { LiveValues } from "./live-values.ts";
import type { ResourceCache } from "./resource-cache.ts";
import type { Session } from "./session.ts";
import type { TakeTurns } from "./take-turns.ts";
import type { ThemeChoice } from "./theme.ts";
import type { Ticker } from "./ticker.ts";
import type { Toasts } from "./toasts.ts";

/** What the pages work with; made once, in main. */
export interface ConsoleParts {
  readonly client: GatewayClient;
  readonly session: Session;
  readonly cache: ResourceCache;
  readonly values: LiveValues;
  readonly links: BoardLinks;
  readonly stream: LiveStream;
  readonly toasts: Toasts;
  readonly theme: ThemeChoice;
  readonly ticker: Ticker;
  /** For what is nice to have, so that it does not stand in the way of what is needed. */
  readonly turns: TakeTurns;
}

export const ConsoleContext = createContext<ConsoleParts | undefined>(undefined);
