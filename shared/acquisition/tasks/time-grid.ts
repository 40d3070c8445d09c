/** Instants `epoch + n × every` for all whole n. */
export interface TimeGrid {
  readonly epoch: number;
  readonly every: number;
}

/** First instant of the grid at or after `at`. */
export function gridFrom(grid: TimeGrid, at: number): number {
  const index = Math.floor((at - grid.epoch) / grid.every);
  const point = grid.epoch + index * grid.every;
  return point >= at ? point : grid.epoch + (index + 1) * grid.every;
}

/** First instant of the grid after `at`. */
export function gridAfter(grid: TimeGrid, at: number): number {
  const index = Math.floor((at - grid.epoch) / grid.every) + 1;
  const point = grid.epoch + index * grid.every;
  // The division may round an instant of the grid down to the one before it.
  return point > at ? point : grid.epoch + (index + 1) * grid.every;
}

/** How many instants of the grid lie after `from`, up to and including `to`. */
export function gridCount(grid: TimeGrid, from: number, to: number): number {
  const next = gridAfter(grid, from);
  return next > to ? 0 : Math.floor((to - next) / grid.every) + 1;
}
