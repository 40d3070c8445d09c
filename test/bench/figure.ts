/** One measured figure, and what it is held against. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same measured for the peer in the same run, in the same unit. */
  readonly peer?: number;
  /** `value` ÷ `peer`. */
  readonly ratio?: number;
  /** What is to be reached, as it is written in the plan: `≥ 4`. */
  readonly goal?: string;
  readonly reached?: boolean;
}

/** Prints a figure as one line: name, ours, peer, ratio, goal, pass or MISS. */
export function printFigure(figure: Figure): void {
  console.log(figureLine(figure));
}

/** A figure as one line. */
export function figureLine({ name, value, unit, peer, ratio, goal, reached }: Figure): string {
  const parts = [`${name}: ${plain(value)} ${unit}`];
  if (peer !== undefined) parts.push(`peer ${plain(peer)} ${unit}`);
  if (ratio !== undefined) parts.push(`ratio ${ratio.toFixed(2)}`);
  if (goal !== undefined) parts.push(`goal ${goal}`);
  if (reached !== undefined) parts.push(reached ? "pass" : "MISS");
  return parts.join(" · ");
}

function plain(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
