import { type ReactElement, useEffect, useRef, useState } from "react";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";
import { withQuery } from "../data/gateway-client.ts";
import { useConsole } from "../data/use-console.ts";
import { spreadBuckets } from "../logic/spread-buckets.ts";
import { Sparkline } from "./sparkline.tsx";

const hour = 3_600_000;
const points = 48;
const refresh = 60_000;

/** The last hour of a feature in small, asked for when it comes into view and again each minute. Decoration: it keeps its place whatever happens. */
export function RecentCourse({ thing, feature }: { readonly thing: string; readonly feature: string }): ReactElement {
  const { client, turns } = useConsole();
  const place = useRef<HTMLSpanElement>(null);
  const [values, setValues] = useState<readonly (number | undefined)[]>([]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const to = Date.now();
      const path = withQuery("/records/buckets", { thing, feature, from: to - hour, to, buckets: points });
      const answer = await turns
        .run(() => client.get<{ readonly width: number; readonly buckets: readonly BucketView[] }>(path, stop.signal), stop.signal)
        .catch(() => undefined);
      if (stop.signal.aborted) return;
      if (answer !== undefined) setValues(spreadBuckets(answer.buckets, answer.width, to - hour, to));
      timer = setTimeout(() => void ask(), refresh);
    };
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void ask();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop.abort();
      clearTimeout(timer);
    };
  }, [client, turns, thing, feature]);
  return (
    <span ref={place} className="course">
      <Sparkline values={values} label={`${feature} over the last hour`} />
    </span>
  );
}
