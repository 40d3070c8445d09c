import { useContext, useSyncExternalStore } from "react";
import type { BoardLinkState } from "../../../../../shared/twin/documents/board-document.ts";
import { ConsoleContext, type ConsoleParts } from "./console-parts.ts";
import type { SessionView } from "./gateway-types.ts";
import type { LinkView } from "./live-stream.ts";
import type { Observable } from "./observable.ts";

/** The parts that pages work with. */
export function useConsole(): ConsoleParts {
  const parts = useContext(ConsoleContext);
  if (parts === undefined) throw new Error("a page is shown outside the console");
  return parts;
}

export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}

/** The time, once a second. */
export function useNow(): number {
  const { ticker } = useConsole();
  return useSyncExternalStore(ticker.subscribe, ticker.get);
}

/** How the console stands to the gateway. */
export function useLink(): LinkView {
  return useObservable(useConsole().stream.state);
}

/** Who is logged in; pages are shown to nobody else. */
export function useMe(): SessionView {
  const state = useObservable(useConsole().session.state);
  if (state.name !== "in") throw new Error("a page is shown to nobody");
  return state.view;
}

/** How a board's link stands: as the stream told last, else as the document says. */
export function useBoardLink(board: string, document: BoardLinkState): BoardLinkState {
  const { links } = useConsole();
  return useSyncExternalStore(links.subscribe, () => links.get(board)) ?? document;
}
