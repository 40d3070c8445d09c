import { useEffect, useRef } from "react";
import { useLive } from "../data/use-live.ts";
import { drawable, type TailPoint } from "../logic/chart-series.ts";

/** So many streamed values are kept between two questions for buckets. */
const mostTail = 2000;

/** What streamed of a feature since it is shown, newest last. The list grows in place; the newest value's change shows it anew. */
export function useTail(thing: string, feature: string): readonly TailPoint[] {
  const reading = useLive(thing, feature);
  const tail = useRef<TailPoint[]>([]);
  useEffect(() => {
    if (reading === undefined) return;
    const { source, received, value, quality } = reading;
    const at = quality === "good" ? source : received;
    const last = tail.current.at(-1);
    if (last !== undefined && last.at >= at) return;
    tail.current.push({ at, value: drawable(value), quality });
    if (tail.current.length > mostTail) tail.current.splice(0, mostTail / 2);
  }, [reading]);
  return tail.current;
}
