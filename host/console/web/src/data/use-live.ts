import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { LiveReading } from "./gateway-types.ts";
import { useConsole } from "./use-console.ts";

/** The newest value of a feature; shown anew only when this one changes. */
export function useLive(thing: string, feature: string): LiveReading | undefined {
  const { values } = useConsole();
  const subscribe = useCallback((listener: () => void) => values.subscribe(thing, feature, listener), [values, thing, feature]);
  return useSyncExternalStore(subscribe, () => values.get(thing, feature));
}

/** Has the stream bring the values of these things while the caller is shown. */
export function useLiveThings(things: readonly string[]): void {
  const { stream } = useConsole();
  const names = things.join(",");
  useEffect(() => (names === "" ? undefined : stream.want(names.split(","))), [stream, names]);
}
