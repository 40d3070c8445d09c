import { type ReactElement, useSyncExternalStore } from "react";
import { useConsole, useNow } from "../data/use-console.ts";
import { formatAgo } from "../format/format-duration.ts";
import { formatStamp, timeTitle } from "../format/format-time.ts";

/** How long ago something was; it ticks. ISO time and zone on hover. */
export function Ago({ at }: { readonly at: number }): ReactElement {
  const { ticker } = useConsole();
  const text = useSyncExternalStore(ticker.subscribe, () => formatAgo(at, ticker.get()));
  return (
    <time className="nowrap" dateTime={new Date(at).toISOString()} title={timeTitle(at)}>
      {text}
    </time>
  );
}

/** A point in local time; ISO time and zone on hover. */
export function Stamp({ at }: { readonly at: number }): ReactElement {
  const now = useNow();
  return (
    <time className="nowrap" dateTime={new Date(at).toISOString()} title={timeTitle(at)}>
      {formatStamp(at, now)}
    </time>
  );
}
