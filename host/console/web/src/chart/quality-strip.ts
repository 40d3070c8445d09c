import type uPlot from "uplot";
import type { ChartSeries } from "../logic/chart-series.ts";
import type { ChartColours } from "./chart-colours.ts";

/** Height of the strip under the plot, CSS pixels. */
export const stripHeight = 7;

/** Draws the worst quality of each span under the plot: good thin, all else in full height, uncertain and stale broken by stripes. */
export function drawQualityStrip(plot: uPlot, series: ChartSeries, colours: ChartColours): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const top = bbox.top + bbox.height + 2 * scale;
  const height = stripHeight * scale;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, top, bbox.width, height);
  ctx.clip();
  for (const [index, quality] of series.quality.entries()) {
    const from = series.x[index];
    const next = series.x[index + 1];
    if (from === undefined || (series.mean[index] === null && quality !== "bad" && series.min[index] === null && next === undefined))
      continue;
    // Whole pixels: neighbours would leave a seam between them.
    const left = Math.floor(plot.valToPos(from, "x", true));
    const end = next ?? Math.max(series.end[index] ?? from, from);
    const right = Math.max(left + scale, Math.floor(plot.valToPos(end, "x", true)));
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.fillStyle = colours.qualities[quality];
    if (quality === "good") ctx.fillRect(left, top + height / 2 - scale, right - left, 2 * scale);
    else if (quality === "bad") ctx.fillRect(left, top, right - left, height);
    else {
      const stripe = (quality === "stale" ? 2 : 4) * scale;
      for (let x = left; x < right; x += 2 * stripe) ctx.fillRect(x, top, Math.min(stripe, right - x), height);
    }
  }
  ctx.restore();
}
