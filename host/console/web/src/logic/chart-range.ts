/** What a chart shows. `follow`: its end is now and moves on. */
export interface ChartRange {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly follow: boolean;
}

const hour = 3_600_000;
const day = 24 * hour;
export const shortestSpan = 10_000;
export const longestSpan = 370 * day;

/** The spans that buttons offer. */
export const presets = [
  { id: "1h", words: "1 h", span: hour },
  { id: "8h", words: "8 h", span: 8 * hour },
  { id: "1d", words: "1 d", span: day },
  { id: "7d", words: "7 d", span: 7 * day },
  { id: "30d", words: "30 d", span: 30 * day },
  { id: "6mo", words: "6 months", span: 182 * day },
] as const;
export type PresetId = (typeof presets)[number]["id"];

export const following = (span: number, now: number): ChartRange => ({ from: now - span, to: now, follow: true });

/** The preset that a range is, as long as it follows. */
export function presetOf(range: ChartRange): PresetId | undefined {
  const span = range.to - range.from;
  return range.follow ? presets.find((preset) => Math.abs(preset.span - span) < 1000)?.id : undefined;
}

/** A range between two times; it follows when its end is now. */
export function between(from: number, to: number, now: number): ChartRange {
  const span = Math.min(longestSpan, Math.max(shortestSpan, to - from));
  const middle = (from + to) / 2;
  const end = Math.min(now, middle + span / 2);
  return { from: end - span, to: end, follow: false };
}

/** Shows more (`factor` above 1) or less around a time; a range that follows keeps its end. */
export function zoom(range: ChartRange, factor: number, around: number | undefined, now: number): ChartRange {
  const span = Math.min(longestSpan, Math.max(shortestSpan, (range.to - range.from) * factor));
  if (range.follow && around === undefined) return following(span, now);
  const at = around ?? (range.from + range.to) / 2;
  const share = (at - range.from) / (range.to - range.from);
  const from = at - share * span;
  return from + span >= now ? following(span, now) : { from, to: from + span, follow: false };
}

/** Moves by a share of what is shown; at now it follows again. */
export function pan(range: ChartRange, share: number, now: number): ChartRange {
  const span = range.to - range.from;
  const to = range.to + span * share;
  return to >= now ? following(span, now) : { from: to - span, to, follow: false };
}

/** The range as time goes on. */
export function advance(range: ChartRange, now: number): ChartRange {
  return range.follow ? following(range.to - range.from, now) : range;
}
