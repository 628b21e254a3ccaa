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

/**
 * Hues for a draft: a grid keeps the one it has while it is edited, and new grids take one their neighbours do not
 * wear. Two that come to touch and look alike are told apart by changing the younger.
 */
export function keepHues(
  known: ReadonlyMap<GridKey, number>,
  all: readonly Grid[],
  drawn: readonly GridKey[],
  neighborsOf: (grid: GridKey) => readonly GridKey[],
): ReadonlyMap<GridKey, number> {
  const hues = new Map(known.size === 0 ? huesOf(all) : known);
  if (known.size > 0) for (const [grid, hue] of huesOf(all)) if (!hues.has(grid)) hues.set(grid, hue);
  for (const grid of [...drawn].sort((a, b) => a - b)) {
    const near = neighborsOf(grid);
    const own = hues.get(grid);
    const clash = own === undefined || near.some((other) => other < grid && hues.get(other) === own);
    if (!clash) continue;
    const taken = new Set(near.map((other) => hues.get(other)));
    const free = Array.from({ length: HUES }, (_, turn) => (grid * 5 + turn) % HUES).find(
      (hue) => !taken.has(hue),
    );
    if (free !== undefined || own === undefined) hues.set(grid, free ?? (grid * 5) % HUES);
  }
  return hues;
}
