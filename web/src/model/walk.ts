// Walking the fabric without a pointer: the neighbour that lies in a direction, the neighbours in a fixed order, the
// next cell that belongs to no grid.

import { looseCells, neighborsOf } from "./draft";
import type { CellId, Colors, Fabric } from "./fabric";
import type { LonLat } from "./place";
import type { GridKey } from "./register";

export type Way = "ArrowUp" | "ArrowRight" | "ArrowDown" | "ArrowLeft";
const HEADING: Record<Way, readonly [number, number]> = {
  ArrowUp: [0, 1],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
};
export const isWay = (key: string): key is Way => key in HEADING;

/** Of some places the one that lies most in a direction: near beats far, straight beats aslant. */
function toward<T>(from: LonLat, places: readonly (readonly [T, LonLat])[], way: Way): T | null {
  const [hx, hy] = HEADING[way];
  const east = Math.cos((from[1] * Math.PI) / 180);
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [one, at] of places) {
    const [dx, dy] = [(at[0] - from[0]) * east, at[1] - from[1]];
    const along = dx * hx + dy * hy;
    const aside = Math.abs(dx * hy - dy * hx);
    if (along <= 0 || aside > along * 1.8) continue;
    const cost = along + aside * 1.5;
    if (cost < least) [best, least] = [one, cost];
  }
  return best;
}

export function cellToward(fabric: Fabric, from: CellId, way: Way): CellId | null {
  const { cells, near } = fabric.mesh;
  const here = cells[from]?.label;
  if (here === undefined) return null;
  const ring = new Set(near[from] ?? []);
  for (const one of near[from] ?? []) for (const next of near[one] ?? []) if (next !== from) ring.add(next);
  const at = (list: Iterable<CellId>) =>
    [...list].flatMap((id): [CellId, LonLat][] => {
      const label = cells[id]?.label;
      return label === undefined ? [] : [[id, label]];
    });
  return toward(here, at(near[from] ?? []), way) ?? toward(here, at(ring), way);
}

export function gridToward(fabric: Fabric, colors: Colors, from: GridKey, way: Way): GridKey | null {
  const here = fabric.grids.get(from)?.label;
  if (!here) return null;
  const places = neighborsOf(fabric.mesh, colors, from).flatMap((grid): [GridKey, LonLat][] => {
    const label = fabric.grids.get(grid)?.label;
    return label ? [[grid, label]] : [];
  });
  return toward(here, places, way);
}

/** Neighbours a number key chooses, clockwise from north, so that the numbers stay while one works. */
export function numbered(fabric: Fabric, colors: Colors, grid: GridKey): GridKey[] {
  const here = fabric.grids.get(grid)?.label;
  const bearing = (other: GridKey): number => {
    const at = fabric.grids.get(other)?.label;
    if (!here || !at) return 7;
    const turn = Math.atan2((at[0] - here[0]) * Math.cos((here[1] * Math.PI) / 180), at[1] - here[1]);
    return turn < 0 ? turn + 2 * Math.PI : turn;
  };
  return neighborsOf(fabric.mesh, colors, grid).sort((a, b) => bearing(a) - bearing(b) || a - b);
}

export function nextLoose(fabric: Fabric, colors: Colors, after: CellId | null): CellId | null {
  const loose = looseCells(fabric, colors);
  const at = after === null ? -1 : loose.indexOf(after);
  return loose[(at + 1) % Math.max(1, loose.length)] ?? null;
}
