// The numbers a planner steers by: each grid's counts with everything on its way and under the pointer, before and
// after. Differences come from cells, totals from tallies (a building may be counted by list or without a place).

import {
  type Count,
  compactness,
  difference,
  neighborsOf,
  noCount,
  piecesOf,
  plus,
  shapesOf,
  shifts,
} from "./draft";
import { NEW_GRID, type Row } from "./edits";
import type { Colors, Fabric } from "./fabric";
import type { GridKey, Profile } from "./register";
import { profileOf } from "./select";
import type { State } from "./state";

export type Pair = { before: Row | null; after: Row };

export const bandOf = (households: number, profile: Profile): string => {
  if (households === 0) return "empty";
  if (households < profile.min) return "small";
  if (households <= profile.max) return "in";
  return households > profile.max * profile.overload ? "overloaded" : "large";
};
export const isInBand = (households: number, profile: Profile): boolean =>
  households >= profile.min && households <= profile.max;

let memo: { fabric: Fabric; colors: Colors; found: Map<GridKey | null, Count> } | null = null;
/** What is on its way, by grid; kept until fabric or colours are other values. */
function onTheWay(fabric: Fabric, colors: Colors): Map<GridKey | null, Count> {
  if (memo === null || memo.fabric !== fabric || memo.colors !== colors)
    memo = { fabric, colors, found: shifts(fabric.mesh, fabric.colors, difference(fabric.colors, colors)) };
  return memo.found;
}

/** A grid's counts at rest: its tally and what is on its way. */
export function countOf(state: State, grid: GridKey | null): Count {
  const { fabric, bench } = { fabric: state.fabric.value, bench: state.bench };
  if (fabric === null || bench.colors === null) return noCount;
  const row =
    grid === null ? state.tallies.value?.loose.get(fabric.community) : state.tallies.value?.byGrid.get(grid);
  const own = grid === null ? null : fabric.grids.get(grid);
  const still: Count =
    row !== undefined
      ? {
          ...noCount,
          buildings: row.buildings,
          dwellings: row.dwellings,
          households: row.households,
          persons: row.persons,
        }
      : own
        ? { ...noCount, ...counts(own.tally) }
        : noCount;
  return plus({ ...still, areaM2: own?.areaM2 ?? 0 }, onTheWay(fabric, bench.colors).get(grid) ?? noCount);
}

const counts = ({
  buildings,
  dwellings,
  households,
  persons,
}: Count | { buildings: number; dwellings: number; households: number; persons: number }) => ({
  buildings,
  dwellings,
  households,
  persons,
});

/** Households of every grid of the community as the pointer would leave them: what the balance strip draws. */
export function bars(state: State): { grid: GridKey; before: number; after: number }[] {
  const { fabric, bench } = { fabric: state.fabric.value, bench: state.bench };
  if (fabric === null) return [];
  const moved = underPointer(state);
  const rows = new Map((bench.preview?.after ?? []).map((row) => [row.id, row]));
  const found = [...fabric.grids.keys()].map((grid) => {
    const before = countOf(state, grid).households;
    const after = rows.get(grid)?.households ?? before + (moved.get(grid)?.households ?? 0);
    return { grid, before, after };
  });
  return found;
}

/** What the stroke under the pointer moves, by grid. */
export function underPointer(state: State): Map<GridKey | null, Count> {
  const { fabric, bench } = { fabric: state.fabric.value, bench: state.bench };
  if (fabric === null || bench.colors === null || bench.stroke === null) return new Map();
  return shifts(fabric.mesh, bench.colors, bench.stroke.recolor);
}

export const meanOf = (state: State): number => {
  const all = bars(state);
  return all.length === 0 ? 0 : all.reduce((sum, bar) => sum + bar.after, 0) / all.length;
};

/** Grids touched by the stroke: before → after as the page foresees it, or as the server answered. */
export function pairs(state: State): Pair[] {
  const { preview, stroke } = state.bench;
  if (preview !== null && preview.problem === null && stroke?.exact)
    return paired(preview.before, preview.after);
  const moved = underPointer(state);
  if (stroke === null || moved.size === 0) return [];
  return foreseenPairs(state, new Set(moved.keys()));
}

export function paired(before: readonly Row[], after: readonly Row[]): Pair[] {
  const old = new Map(before.map((row) => [row.id, row]));
  return after.map((row) => ({ before: old.get(row.id) ?? null, after: row }));
}

/** Rows of some grids, at rest and with the stroke. */
export function foreseenPairs(state: State, grids: ReadonlySet<GridKey | null>): Pair[] {
  const { fabric, bench } = { fabric: state.fabric.value, bench: state.bench };
  if (fabric === null || bench.colors === null) return [];
  const { mesh } = fabric;
  const before = bench.colors;
  const after = before.slice();
  for (const [cell, to] of bench.stroke?.recolor ?? []) after[cell] = to;
  const moved = underPointer(state);
  const shapeBefore = shapesOf(mesh, before, grids);
  const shapeAfter = moved.size === 0 ? shapeBefore : shapesOf(mesh, after, grids);
  const mean = meanOf(state);
  const profile = profileOf(state, state.fabric.value?.community);
  const row = (grid: GridKey | null, count: Count, colors: Colors, shapes: typeof shapeBefore): Row => {
    const shape = shapes.get(grid);
    const known = grid === null ? undefined : fabric.grids.get(grid);
    return {
      grid: known?.code ?? null,
      id: grid,
      name: known?.name || known?.code || "",
      ...counts(count),
      deviation: grid === null || mean === 0 ? null : count.households / mean - 1,
      band: bandOf(count.households, profile),
      areaM2: count.areaM2,
      compactness: grid === null || shape === undefined ? null : compactness(count.areaM2, shape.perimeterM),
      barrierShare: shape === undefined || shape.perimeterM === 0 ? null : shape.barrierM / shape.perimeterM,
      pieces: grid === null ? 0 : piecesOf(mesh, colors, grid).length,
    };
  };
  return [...grids].map((grid) => {
    const count = countOf(state, grid);
    const shift = moved.get(grid);
    const isNew = grid === NEW_GRID;
    return {
      before: isNew ? null : row(grid, count, before, shapeBefore),
      after:
        shift === undefined
          ? row(grid, count, before, shapeBefore)
          : row(grid, plus(count, shift), after, shapeAfter),
    };
  });
}

/** A grid and its neighbours, for the panel. */
export function around(state: State, grid: GridKey): Pair[] {
  const { fabric, bench } = { fabric: state.fabric.value, bench: state.bench };
  if (fabric === null || bench.colors === null) return [];
  return foreseenPairs(state, new Set([grid, ...neighborsOf(fabric.mesh, bench.colors, grid)]));
}

/** How many grids are out of band, and how much has no grid. */
export function standing(state: State): { out: number; looseBuildings: number; looseHouseholds: number } {
  const profile = profileOf(state, state.fabric.value?.community);
  const out = bars(state).filter((bar) => !isInBand(bar.after, profile)).length;
  const rest = countOf(state, null);
  const shift = underPointer(state).get(null);
  const loose = shift === undefined ? rest : plus(rest, shift);
  return { out, looseBuildings: loose.buildings, looseHouseholds: loose.households };
}
