/** An SVG path through values at equal distances, broken where one is missing. A value that never moves is a line in the middle. */
export function sparkPath(values: readonly (number | undefined)[], width: number, height: number): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return "";
  let low = Math.min(...known);
  let high = Math.max(...known);
  if (high - low < Math.abs(high) * 1e-6 + 1e-9) {
    low -= 1;
    high += 1;
  }
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const pad = 1.5;
  let drawing = false;
  let path = "";
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      drawing = false;
      continue;
    }
    const y = pad + (1 - (value - low) / (high - low)) * (height - 2 * pad);
    path += `${drawing ? "L" : "M"}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    drawing = true;
  }
  return path;
}
