// Arithmetic on a draft's fabric, pure and quick enough to run under a moving pointer: recolouring, sums, the
// pieces a grid falls into, who touches whom. The server decides; this is what is shown until it has.

import type { CellId, Colors, Fabric, Mesh } from "./fabric";
import type { Code, GridKey } from "./register";

/** Counts of a grid as cells give them, and the measures of its shape. */
export type Count = {
  buildings: number;
  dwellings: number;
  households: number;
  persons: number;
  areaM2: number;
};
export const noCount: Count = { buildings: 0, dwellings: 0, households: 0, persons: 0, areaM2: 0 };

/** Cells that change their grid, with the grid they go to. */
export type Recolor = ReadonlyMap<CellId, GridKey | null>;

export function recolored(colors: Colors, recolor: Recolor): Colors {
  if (recolor.size === 0) return colors;
  const next = colors.slice();
  for (const [cell, grid] of recolor) next[cell] = grid;
  return next;
}

const add = (count: Count, mesh: Mesh, cell: CellId, sign: 1 | -1): Count => {
  const own = mesh.cells[cell];
  if (own === undefined) return count;
  return {
    buildings: count.buildings + sign * own.buildings.length,
    dwellings: count.dwellings + sign * own.dwellings,
    households: count.households + sign * own.households,
    persons: count.persons + sign * own.persons,
    areaM2: count.areaM2 + sign * own.areaM2,
  };
};

export const plus = (a: Count, b: Count): Count => ({
  buildings: a.buildings + b.buildings,
  dwellings: a.dwellings + b.dwellings,
  households: a.households + b.households,
  persons: a.persons + b.persons,
  areaM2: a.areaM2 + b.areaM2,
});

/** What each grid gains (or loses) by a recolouring; grids that stay as they are do not appear. */
export function shifts(mesh: Mesh, colors: Colors, recolor: Recolor): Map<GridKey | null, Count> {
  const found = new Map<GridKey | null, Count>();
  for (const [cell, to] of recolor) {
    const from = colors[cell] ?? null;
    if (from === to) continue;
    found.set(from, add(found.get(from) ?? noCount, mesh, cell, -1));
    found.set(to, add(found.get(to) ?? noCount, mesh, cell, 1));
  }
  return found;
}

/** The cells that differ between two colourings. */
export function difference(before: Colors, after: Colors): Recolor {
  const found = new Map<CellId, GridKey | null>();
  if (before === after) return found;
  for (let cell = 1; cell < after.length; cell += 1) {
    const to = after[cell] ?? null;
    if ((before[cell] ?? null) !== to) found.set(cell, to);
  }
  return found;
}

export function sums(mesh: Mesh, colors: Colors): Map<GridKey | null, Count> {
  const found = new Map<GridKey | null, Count>();
  for (let cell = 1; cell < mesh.cells.length; cell += 1) {
    if (mesh.cells[cell] === undefined) continue;
    const grid = colors[cell] ?? null;
    found.set(grid, add(found.get(grid) ?? noCount, mesh, cell, 1));
  }
  return found;
}

export function cellsOf(colors: Colors, grid: GridKey | null): CellId[] {
  const found: CellId[] = [];
  for (let cell = 1; cell < colors.length; cell += 1) if ((colors[cell] ?? null) === grid) found.push(cell);
  return found;
}

/** The pieces of a grid, connected over shared seams (a point does not connect); the largest first. */
export function piecesOf(mesh: Mesh, colors: Colors, grid: GridKey): CellId[][] {
  const pieces: CellId[][] = [];
  const seen = new Set<CellId>();
  for (const start of cellsOf(colors, grid)) {
    if (seen.has(start)) continue;
    const piece = [start];
    seen.add(start);
    for (const cell of piece)
      for (const next of mesh.near[cell] ?? [])
        if (colors[next] === grid && !seen.has(next)) {
          seen.add(next);
          piece.push(next);
        }
    pieces.push(piece);
  }
  return pieces.sort((a, b) => b.length - a.length);
}

export type Trouble = { code: string; grid: GridKey; cells: CellId[] };

/** Why a recolouring would be refused: a locked grid, a grid left in pieces, a grid with nothing left. */
export function troubleOf(fabric: Fabric, colors: Colors, recolor: Recolor): Trouble | null {
  const touched = new Set<GridKey>();
  for (const [cell, to] of recolor) {
    const from = colors[cell] ?? null;
    if (from === to) continue;
    if (from !== null) touched.add(from);
    if (to !== null) touched.add(to);
  }
  for (const grid of touched)
    if (fabric.grids.get(grid)?.locked) return { code: "grid.locked", grid, cells: [] };
  const after = recolored(colors, recolor);
  for (const grid of touched) {
    if (fabric.grids.get(grid)?.detached) continue;
    const pieces = piecesOf(fabric.mesh, after, grid);
    if (pieces.length === 0) return { code: "edit.swallowed", grid, cells: cellsOf(colors, grid) };
    const before = piecesOf(fabric.mesh, colors, grid).length;
    if (pieces.length > Math.max(1, before))
      return { code: "edit.in-pieces", grid, cells: pieces.slice(1).flat() };
  }
  return null;
}

/** Seams between grids (or grid and gap): the borders. */
export function borderSeams(mesh: Mesh, colors: Colors): number[] {
  const found: number[] = [];
  mesh.seams.forEach(({ left, right }, i) => {
    if (left === null || right === null) return;
    if ((colors[left] ?? null) !== (colors[right] ?? null)) found.push(i);
  });
  return found;
}

/** Seams that two grids share. */
export function sharedSeams(mesh: Mesh, colors: Colors, a: GridKey | null, b: GridKey | null): number[] {
  return borderSeams(mesh, colors).filter((i) => {
    const seam = mesh.seams[i];
    const left = seam?.left == null ? undefined : (colors[seam.left] ?? null);
    const right = seam?.right == null ? undefined : (colors[seam.right] ?? null);
    return (left === a && right === b) || (left === b && right === a);
  });
}

/** Grids that share a border with a grid, the longest border first. */
export function neighborsOf(mesh: Mesh, colors: Colors, grid: GridKey): GridKey[] {
  const metres = new Map<GridKey, number>();
  mesh.seams.forEach(({ left, right }, i) => {
    if (left === null || right === null) return;
    const [a, b] = [colors[left] ?? null, colors[right] ?? null];
    if (a === b) return;
    const other = a === grid ? b : b === grid ? a : null;
    if (other !== null) metres.set(other, (metres.get(other) ?? 0) + (mesh.lengths[i] ?? 0));
  });
  return [...metres].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([other]) => other);
}

export type Shape = { perimeterM: number; barrierM: number };

/** Border of some grids, and how much of it lies on real barriers. Cost: one walk over the seams. */
export function shapesOf(
  mesh: Mesh,
  colors: Colors,
  grids: ReadonlySet<GridKey | null>,
): Map<GridKey | null, Shape> {
  const found = new Map<GridKey | null, Shape>();
  const walk = (grid: GridKey | null | undefined, metres: number, onBarrier: boolean) => {
    if (grid === undefined || !grids.has(grid)) return;
    const shape = found.get(grid) ?? { perimeterM: 0, barrierM: 0 };
    shape.perimeterM += metres;
    if (onBarrier) shape.barrierM += metres;
    found.set(grid, shape);
  };
  for (let i = 0; i < mesh.seams.length; i += 1) {
    const seam = mesh.seams[i];
    if (seam === undefined) continue;
    const a = seam.left === null ? undefined : (colors[seam.left] ?? null);
    const b = seam.right === null ? undefined : (colors[seam.right] ?? null);
    if (a === b) continue;
    const onBarrier = seam.barrier !== "none";
    walk(a, mesh.lengths[i] ?? 0, onBarrier);
    walk(b, mesh.lengths[i] ?? 0, onBarrier);
  }
  return found;
}

/** Polsby-Popper: 1 is a circle. */
export const compactness = (areaM2: number, perimeterM: number): number | null =>
  perimeterM > 0 ? (4 * Math.PI * areaM2) / perimeterM ** 2 : null;

export const codeOf = (fabric: Fabric, grid: GridKey): Code => fabric.grids.get(grid)?.code ?? "";

export const keyOfCode = (fabric: Fabric, code: Code): GridKey | null => {
  for (const grid of fabric.grids.values()) if (grid.code === code) return grid.id;
  return null;
};

/** Cells that belong to no grid, those with households first. */
export const looseCells = (fabric: Fabric, colors: Colors): CellId[] =>
  cellsOf(colors, null).sort(
    (a, b) =>
      (fabric.mesh.cells[b]?.households ?? 0) - (fabric.mesh.cells[a]?.households ?? 0) ||
      (fabric.mesh.cells[b]?.buildings.length ?? 0) - (fabric.mesh.cells[a]?.buildings.length ?? 0) ||
      a - b,
  );
