// One of eight hues a grid, so that neighbours differ. The page does not know who touches whom in the whole
// city, so boxes that meet stand for neighbours: a few too many, never one too few.

import { type Box, boxesMeet } from "./place";
import type { Grid, GridKey } from "./register";

export const HUES = 8;

type Bounded = Grid & { bounds: Box };

/** Stable: grids are taken by key, so a new grid does not recolour the older ones. */
export function huesOf(grids: readonly Grid[]): Map<GridKey, number> {
  const hues = new Map<GridKey, number>();
  const sorted = grids.filter((grid): grid is Bounded => grid.bounds !== null).sort((a, b) => a.id - b.id);
  const west = [...sorted].sort((a, b) => a.bounds[0] - b.bounds[0]);
  const widest = sorted.reduce((most, { bounds }) => Math.max(most, bounds[2] - bounds[0]), 0);
  for (const grid of sorted) {
    const used = new Array<number>(HUES).fill(0);
    for (const other of near(west, grid, widest)) {
      const hue = hues.get(other.id);
      if (hue !== undefined) used[hue] = (used[hue] ?? 0) + 1;
    }
    const start = (grid.id * 5) % HUES;
    let best = start;
    for (let turn = 0; turn < HUES; turn += 1) {
      const hue = (start + turn) % HUES;
      if ((used[hue] ?? 0) < (used[best] ?? 0)) best = hue;
    }
    hues.set(grid.id, best);
  }
  return hues;
}

/** Grids whose boxes meet this one's, found in the list sorted by western edge. */
function* near(west: readonly Bounded[], grid: Bounded, widest: number): Generator<Grid> {
  let low = 0;
  let high = west.length;
  const from = grid.bounds[0] - widest;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((west[middle]?.bounds[0] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < west.length; i += 1) {
    const other = west[i];
    if (other === undefined || other.bounds[0] > grid.bounds[2]) return;
    if (other.id !== grid.id && boxesMeet(other.bounds, grid.bounds)) yield other;
  }
}
