import uPlot from "uplot";
import { formatNumber } from "../format/format-number.ts";
import { timeTicks } from "../logic/time-ticks.ts";
import type { ChartColours } from "./chart-colours.ts";
import { stripHeight } from "./quality-strip.ts";

/** What a plot is made with. */
export interface PlotFacts {
  readonly width: number;
  readonly height: number;
  readonly colours: ChartColours;
  /** On and off rather than a measure. */
  readonly binary: boolean;
  readonly onSelect: (from: number, to: number) => void;
  readonly onCursor: (index: number | undefined) => void;
  readonly afterDraw: (plot: uPlot) => void;
}

/** Room for numbers of the usual length: the plot keeps its place when a digit comes or goes. */
const usualAxis = 60;

/** Room for the numbers beside the axis, by the longest of them. */
function axisSize(values: readonly string[] | null): number {
  const longest = Math.max(0, ...(values ?? []).map((value) => value.length));
  return Math.max(usualAxis, Math.ceil(longest * 7.2) + 16);
}

/** Options of a plot with a band from least to most and a line of means over time. */
export function plotOptions(facts: PlotFacts): uPlot.Options {
  const { colours, binary } = facts;
  const axis = { stroke: colours.text, font: colours.font, grid: { stroke: colours.grid, width: 1 }, ticks: { show: false } };
  const paths = binary ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
  const edge = { stroke: "transparent", width: 0, points: { show: false }, ...(paths !== undefined && { paths }) };
  return {
    width: facts.width,
    height: facts.height,
    legend: { show: false },
    padding: [8, 22, 0, 0],
    cursor: { drag: { x: true, y: false, setScale: false, dist: 6 }, points: { size: 7, width: 2 }, y: false },
    scales: {
      x: { time: true },
      y: {
        range: (_plot, low, high) => {
          if (binary) return [-0.1, 1.1];
          if (low === null || high === null) return [0, 1];
          const span = high - low;
          const pad = span > 0 ? span * 0.08 : Math.max(Math.abs(high) * 0.05, 0.5);
          const floor = low >= 0 && low - pad < 0 ? Math.min(0, low) : low - pad;
          return [floor, high + pad];
        },
      },
    },
    axes: [
      {
        ...axis,
        size: 34 + stripHeight,
        gap: 6 + stripHeight,
        space: 76,
        values: (_plot, splits, _axis, _space, distance) => [...timeTicks(splits, distance)],
      },
      {
        ...axis,
        space: 34,
        size: (_plot, values) => axisSize(values),
        values: (_plot, splits) => splits.map((split) => (binary ? (split === 0 ? "off" : split === 1 ? "on" : "") : tick(split, splits))),
        ...(binary && { splits: () => [0, 1] }),
      },
    ],
    series: [
      {},
      { ...edge, label: "least" },
      { ...edge, label: "most" },
      {
        label: "mean",
        stroke: colours.line,
        width: 1.75,
        spanGaps: false,
        points: { show: (_plot, _series, first, last) => last - first < 3, size: 5 },
        ...(paths !== undefined && { paths }),
      },
    ],
    bands: [{ series: [2, 1], fill: colours.band }],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 6) return;
          facts.onSelect(plot.posToVal(plot.select.left, "x") * 1000, plot.posToVal(plot.select.left + plot.select.width, "x") * 1000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(plot) => facts.onCursor(plot.cursor.idx ?? undefined)],
      draw: [facts.afterDraw],
    },
  };
}

/** A number beside the axis with as many digits as tell it from its neighbours. */
function tick(split: number, splits: readonly number[]): string {
  const distance = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
  const decimals = distance >= 1 || distance === 0 ? 0 : Math.min(6, Math.ceil(-Math.log10(distance) - 1e-9));
  return formatNumber(split, decimals);
}
