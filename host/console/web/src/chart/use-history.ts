import { useEffect, useRef, useState } from "react";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";
import { withQuery } from "../data/gateway-client.ts";
import { failureOf, type RequestFailed } from "../data/request-failed.ts";
import { useConsole } from "../data/use-console.ts";
import type { ChartRange } from "../logic/chart-range.ts";

/** What is known of a feature's history in a range. */
export interface HistoryOfRange {
  readonly width: number;
  readonly buckets: readonly BucketView[];
}

export interface HistoryState {
  readonly history: HistoryOfRange | undefined;
  readonly failure: RequestFailed | undefined;
  readonly busy: boolean;
}

const shortestRefresh = 4000;
const longestRefresh = 60_000;

/** Asks for the buckets of a range: again whenever the range is another, and from time to time while it follows. */
export function useHistory(thing: string, feature: string, range: ChartRange, count: number): HistoryState {
  const { client } = useConsole();
  const [state, setState] = useState<HistoryState>({ history: undefined, failure: undefined, busy: true });
  const span = range.to - range.from;
  const wanted = useRef(range);
  wanted.current = range;
  // While it follows, the ends move with every second; only the span asks for other buckets.
  const key = range.follow ? `follow ${Math.round(span)}` : `${range.from} ${range.to}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the range
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const { to, follow } = wanted.current;
      const end = Math.ceil(follow ? Date.now() : to);
      setState((before) => ({ ...before, busy: true }));
      try {
        const path = withQuery("/records/buckets", { thing, feature, from: Math.floor(end - span), to: end, buckets: count });
        const history = await client.get<HistoryOfRange>(path, stop.signal);
        if (stop.signal.aborted) return;
        setState({ history, failure: undefined, busy: false });
        if (follow) plan(Math.min(longestRefresh, Math.max(shortestRefresh, history.width)));
      } catch (error) {
        if (stop.signal.aborted) return;
        const failure = failureOf(error);
        setState((before) => ({ ...before, failure, busy: false }));
        if (failure.away || failure.status === 429) plan(failure.retryAfter ?? shortestRefresh);
      }
    };
    const plan = (delay: number): void => {
      timer = setTimeout(() => void ask(), delay);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [client, thing, feature, key, count]);
  return state;
}
