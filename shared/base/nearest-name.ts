/** Longer names are not compared: nobody mistypes them by two letters. */
const longest = 64;

/** Edits (insert, delete, replace, swap of neighbours) that lead from `a` to `b`: the optimal string alignment distance. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (before[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

/** The name that `mistyped` was probably meant to be, or `undefined` when none is near: at most a third of its letters apart, case not counted. */
export function nearestName(mistyped: string, known: Iterable<string>): string | undefined {
  if (mistyped.length > longest) return undefined;
  const wanted = mistyped.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(mistyped.length / 3)) + 1;
  for (const name of known) {
    if (Math.abs(name.length - mistyped.length) >= bestDistance) continue;
    const found = distance(wanted, name.toLowerCase());
    if (found < bestDistance) {
      best = name;
      bestDistance = found;
    }
  }
  return best;
}
