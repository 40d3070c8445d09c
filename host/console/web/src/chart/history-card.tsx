import { type KeyboardEvent, type ReactElement, useCallback, useMemo, useRef, useState } from "react";
import type { FeatureOfThing } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { useNow } from "../data/use-console.ts";
import { zoneOf } from "../format/format-time.ts";
import { unitSymbol } from "../format/unit-symbol.ts";
import { advance, between, type ChartRange, following, pan, presetOf, presets, zoom } from "../logic/chart-range.ts";
import { chartSeries, hasNumbers, qualityShares } from "../logic/chart-series.ts";
import { qualityStates } from "../logic/tone.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Choices } from "../ui/choices.tsx";
import { FailureNotice } from "../ui/notice.tsx";
import { ChartReadout } from "./chart-readout.tsx";
import { HistoryPlot } from "./history-plot.tsx";
import { HistoryTable } from "./history-table.tsx";
import { useHistory } from "./use-history.ts";
import { useTail } from "./use-tail.ts";

const count = 360;
const empty = { width: 0, buckets: [] };

/** The history of one feature over minutes to months, with its newest values as they come. */
export function HistoryCard({ feature }: { readonly feature: FeatureOfThing }): ReactElement {
  const { thing, id, traits } = feature;
  const now = useNow();
  const [chosen, setChosen] = useState<ChartRange>(() => following(presets[0].span, Date.now()));
  const range = useMemo(() => advance(chosen, now), [chosen, now]);
  const [index, setIndex] = useState<number | undefined>(undefined);
  const setRange = useCallback((other: ChartRange) => {
    setIndex(undefined);
    setChosen(other);
  }, []);
  const [asTable, setAsTable] = useState(false);
  const cursor = useRef<((index: number | undefined) => void) | undefined>(undefined);
  const { history, failure, busy } = useHistory(thing, id, chosen, count);
  const tail = useTail(thing, id);
  const { width, buckets } = history ?? empty;
  const length = tail.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tail grows in place; its length tells
  const series = useMemo(() => chartSeries(buckets, width, tail), [buckets, width, tail, length]);
  const binary = traits.type === "boolean";
  const unit = unitSymbol(traits.unit);
  const textual = !hasNumbers(series) && buckets.length > 0;
  const shares = useMemo(() => qualityShares(buckets), [buckets]);
  const select = useCallback((from: number, to: number) => setRange(between(from, to, Date.now())), [setRange]);
  const point = index !== undefined && series.x[index] !== undefined ? (series.x[index] ?? 0) * 1000 : undefined;
  const step = (by: number): void => {
    const from = series.x.findIndex((x) => x * 1000 >= range.from);
    const start = index ?? (by > 0 ? Math.max(0, from) - 1 : series.x.length);
    cursor.current?.(Math.max(Math.max(0, from), Math.min(series.x.length - 1, start + by)));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = Date.now();
    const side = event.key === "ArrowLeft" ? -1 : 1;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (event.shiftKey) setRange(pan(range, side * 0.25, now));
      else step(side);
    } else if (event.key === "+" || event.key === "=") setRange(zoom(range, 0.5, point, now));
    else if (event.key === "-") setRange(zoom(range, 2, point, now));
    else if (event.key === "0") setRange(following(range.to - range.from, now));
    else return;
    event.preventDefault();
  };
  const others = (["uncertain", "stale", "bad"] as const).filter((quality) => shares[quality] > 0);
  const all = shares.good + shares.uncertain + shares.bad + shares.stale;
  return (
    <Card
      title="History"
      actions={
        textual ? null : (
          <Button kind="bare" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Show chart" : "Show table"}
          </Button>
        )
      }
    >
      <div className="stack">
        <div className="chart-tools">
          <Choices
            label="Span"
            value={presetOf(chosen)}
            options={presets.map(({ id: name, words }) => [name, words])}
            onPick={(name) => setRange(following(presets.find((preset) => preset.id === name)?.span ?? 0, Date.now()))}
          />
          <span className="spacer" />
          <span className="row">
            <IconButton icon="left" label="Earlier" onClick={() => setRange(pan(range, -0.5, Date.now()))} />
            <IconButton icon="right" label="Later" disabled={chosen.follow} onClick={() => setRange(pan(range, 0.5, Date.now()))} />
            <IconButton icon="zoomIn" label="Zoom in" onClick={() => setRange(zoom(range, 0.5, undefined, Date.now()))} />
            <IconButton icon="zoomOut" label="Zoom out" onClick={() => setRange(zoom(range, 2, undefined, Date.now()))} />
          </span>
        </div>
        {failure !== undefined && !failure.away && history === undefined ? <FailureNotice failure={failure} /> : null}
        {asTable || textual ? (
          <HistoryTable buckets={buckets} width={width} unit={unit} />
        ) : (
          // biome-ignore lint/a11y/useSemanticElements: a figure cannot be reached with the keyboard; this one is used with it
          <div
            className="chart"
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows and other keys move and zoom it
            tabIndex={0}
            aria-label={`Chart of ${feature.title ?? id}. Arrow keys read points; the table shows the same.`}
            onKeyDown={onKey}
            onBlur={() => cursor.current?.(undefined)}
          >
            <HistoryPlot series={series} range={range} binary={binary} cursor={cursor} onSelect={select} onCursor={setIndex} />
            {series.x.length === 0 ? (
              <div className="over">{busy || history === undefined ? "" : "Nothing was recorded in this time"}</div>
            ) : null}
          </div>
        )}
        <div className="stack tight">
          <div className="legend">
            {asTable || textual ? null : (
              <span>
                <i className="swatch-line" />
                {binary ? "on or off" : "mean"}
              </span>
            )}
            {binary || asTable || textual ? null : (
              <span>
                <i className="swatch-band" />
                least to most
              </span>
            )}
            <span>
              <Badge tone="good" word={all === 0 ? "good" : `good ${Math.floor((shares.good / all) * 100)} %`} plain />
              {others.map((quality) => (
                <Badge
                  key={quality}
                  tone={qualityStates[quality].tone}
                  word={`${quality} ${Math.max(1, Math.round((shares[quality] / all) * 100))} %`}
                  plain
                />
              ))}
            </span>
            <span className="faint">{zoneOf(range.to)}</span>
          </div>
          {asTable || textual ? null : <ChartReadout series={series} index={index} unit={unit} binary={binary} />}
        </div>
      </div>
    </Card>
  );
}
