/** Colours of a chart, from the tokens of the page. */
export interface ChartColours {
  readonly line: string;
  readonly band: string;
  readonly grid: string;
  readonly text: string;
  readonly qualities: { readonly good: string; readonly uncertain: string; readonly bad: string; readonly stale: string };
  readonly font: string;
}

/** Reads the tokens as they are now, light or dark. */
export function chartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    line: token("--accent"),
    band: token("--band"),
    grid: token("--line"),
    text: token("--text-2"),
    qualities: { good: token("--good"), uncertain: token("--warn"), bad: token("--bad"), stale: token("--stale") },
    font: `12px ${token("--font")}`,
  };
}
