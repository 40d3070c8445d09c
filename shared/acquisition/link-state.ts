/**
 * Where a connection that is dialled again for ever stands. `failures` counts what went wrong in a row: dials that failed and
 * connections that ended before anything useful came over them; it sets the length of the next wait.
 */
export type LinkState =
  | { readonly name: "connecting"; readonly failures: number }
  | { readonly name: "up"; readonly failures: number; readonly proven: boolean }
  | { readonly name: "waiting"; readonly failures: number }
  | { readonly name: "closed" };

/**
 * What happens to a link: `connected` the dial succeeded · `proven` something useful came · `silent` the connection stands but nothing
 * comes any more · `lost` the dial failed or the connection ended · `due` the wait is over · `closed` its owner wants no more of it.
 */
export type LinkEvent = "connected" | "proven" | "silent" | "lost" | "due" | "closed";

/** A link starts by dialling. */
export const firstLinkState: LinkState = { name: "connecting", failures: 0 };

/**
 * The state after an event; the same object when the event means nothing in that state.
 * A connection that was proven and fell silent is replaced at once; everything else that ends a connection is followed by a wait.
 */
export function nextLinkState(state: LinkState, event: LinkEvent): LinkState {
  if (state.name === "closed") return state;
  switch (event) {
    case "connected":
      return state.name === "connecting" ? { name: "up", failures: state.failures, proven: false } : state;
    case "proven":
      return state.name === "up" && !state.proven ? { name: "up", failures: 0, proven: true } : state;
    case "silent":
      if (state.name !== "up") return state;
      return state.proven ? { name: "connecting", failures: 0 } : { name: "waiting", failures: state.failures + 1 };
    case "lost":
      return state.name === "waiting" ? state : { name: "waiting", failures: state.failures + 1 };
    case "due":
      return state.name === "waiting" ? { name: "connecting", failures: state.failures } : state;
    case "closed":
      return { name: "closed" };
  }
}

/** True while a request may wait for the dial under way: nothing has failed yet. Otherwise it is refused at once, so that polls never pile up. */
export function mayWaitForLink(state: LinkState): boolean {
  return state.name === "connecting" && state.failures === 0;
}
