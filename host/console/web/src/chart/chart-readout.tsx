import type { ReactElement } from "react";
import { formatClock, formatDay, timeTitle } from "../format/format-time.ts";
import { formatValue } from "../format/format-value.ts";
import type { ChartSeries } from "../logic/chart-series.ts";
import { qualityStates } from "../logic/tone.ts";
import { StateBadge } from "../ui/badge.tsx";

/** What stands under the pointer, in words. */
export function ChartReadout(props: {
  readonly series: ChartSeries;
  readonly index: number | undefined;
  readonly unit: string;
  readonly binary: boolean;
}): ReactElement {
  const { series, index, unit, binary } = props;
  const x = index === undefined ? undefined : series.x[index];
  const quality = index === undefined ? undefined : series.quality[index];
  if (index === undefined || x === undefined || quality === undefined)
    return (
      <p className="readout">Drag to zoom in. With the keyboard: arrows read points, Shift and arrows move, + and − zoom, 0 goes to now.</p>
    );
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined
      ? "–"
      : binary
        ? value === 1
          ? "on"
          : value === 0
            ? "off"
            : `on ${Math.round(value * 100)} %`
        : `${formatValue(value)}${unit === "" ? "" : ` ${unit}`}`;
  const { min, max, mean } = { min: series.min[index], max: series.max[index], mean: series.mean[index] };
  return (
    <p className="readout row wrap" aria-live="off">
      <span title={timeTitle(x * 1000)}>
        {formatDay(x * 1000)} {formatClock(x * 1000)}
      </span>
      <span className="strong">{shown(mean)}</span>
      {binary || min === max ? null : (
        <span>
          {shown(min)} to {shown(max)}
        </span>
      )}
      <StateBadge state={qualityStates[quality]} plain />
    </p>
  );
}
