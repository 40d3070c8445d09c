import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useConsole, useObservable } from "../data/use-console.ts";
import type { ChartRange } from "../logic/chart-range.ts";
import type { ChartSeries } from "../logic/chart-series.ts";
import { chartColours } from "./chart-colours.ts";
import { plotOptions } from "./plot-options.ts";
import { drawQualityStrip } from "./quality-strip.ts";

/** Changes when the system turns light or dark. */
function useSystemDark(): boolean {
  const [dark, setDark] = useState(() => window.matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = window.matchMedia("(prefers-color-scheme: dark)");
    const look = (): void => setDark(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return dark;
}

interface PlotParts {
  readonly series: ChartSeries;
  readonly range: ChartRange;
  readonly binary: boolean;
  /** Which point the readout is of, set from keys as well as from the pointer. */
  readonly cursor: RefObject<((index: number | undefined) => void) | undefined>;
  readonly onSelect: (from: number, to: number) => void;
  readonly onCursor: (index: number | undefined) => void;
}

/** The canvas: made once for a theme, then fed. Its data, range and size change without making it anew. */
export function HistoryPlot({ series, range, binary, cursor, onSelect, onCursor }: PlotParts): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef({ series, range, onSelect, onCursor });
  latest.current = { series, range, onSelect, onCursor };
  const theme = useObservable(useConsole().theme.theme);
  const dark = useSystemDark();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme wants other colours
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const colours = chartColours();
    const made = new uPlot(
      plotOptions({
        width: element.clientWidth,
        height: element.clientHeight,
        colours,
        binary,
        onSelect: (from, to) => latest.current.onSelect(from, to),
        onCursor: (index) => latest.current.onCursor(index),
        afterDraw: (drawn) => drawQualityStrip(drawn, latest.current.series, colours),
      }),
      columns(latest.current.series),
      element,
    );
    plot.current = made;
    show(made, latest.current.range);
    cursor.current = (index) => {
      const x = index === undefined ? undefined : latest.current.series.x[index];
      made.setCursor(x === undefined ? { left: -10, top: -10 } : { left: made.valToPos(x, "x"), top: 10 });
    };
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      cursor.current = undefined;
      plot.current = undefined;
      made.destroy();
    };
  }, [theme, dark, binary, cursor]);
  useEffect(() => {
    const made = plot.current;
    if (made === undefined) return;
    made.batch(() => {
      made.setData(columns(series), false);
      show(made, range);
    });
  }, [series, range]);
  return <div ref={place} className="chart-place" />;
}

const columns = ({ x, min, max, mean }: ChartSeries): uPlot.AlignedData => [x, min, max, mean];

function show(plot: uPlot, { from, to }: ChartRange): void {
  plot.setScale("x", { min: from / 1000, max: to / 1000 });
}
