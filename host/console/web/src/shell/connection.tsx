import type { ReactElement } from "react";
import { useConsole, useLink, useNow } from "../data/use-console.ts";
import { formatDuration } from "../format/format-duration.ts";
import type { State } from "../logic/tone.ts";
import { Button } from "../ui/button.tsx";
import { StateMark } from "../ui/state-mark.tsx";

const states = {
  connecting: { tone: "busy", word: "connecting", meaning: "The live connection is being opened." },
  live: { tone: "good", word: "live", meaning: "Values arrive as they change." },
  away: { tone: "stale", word: "offline", meaning: "The gateway does not answer." },
} as const satisfies Readonly<Record<string, State>>;

/** Whether values stream, in a word. */
export function LinkMark(): ReactElement {
  const { name } = useLink();
  const { tone, word, meaning } = states[name];
  return (
    <span className="link-state" title={meaning} role="status">
      <StateMark tone={tone} />
      <span className="word">{word}</span>
    </span>
  );
}

function Away({ since, nextTry }: { readonly since: number; readonly nextTry: number | undefined }): ReactElement {
  const { stream } = useConsole();
  const now = useNow();
  const wait = nextTry === undefined || nextTry <= now ? "trying now" : `next try in ${formatDuration(Math.max(1000, nextTry - now))}`;
  return (
    <>
      <span className="strong">No connection to the gateway</span>
      <span aria-hidden="true">
        for {formatDuration(Math.max(1000, now - since))}; {wait}. What is shown is old; the plant goes on by itself.
      </span>
      <Button icon="retry" onClick={() => stream.retryNow()}>
        Try now
      </Button>
    </>
  );
}

/** Tells that the gateway is away, over everything that is shown. */
export function ConnectionBanner(): ReactElement | null {
  const { name, since, nextTry } = useLink();
  if (name !== "away") return null;
  return (
    <div className="banner tone-warn" role="alert">
      <StateMark tone="warn" />
      <Away since={since} nextTry={nextTry} />
    </div>
  );
}
