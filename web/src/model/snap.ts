// What a pointer means near lines: the closest border, its points and junctions, and the lines worth snapping to.
// Distances are pixels, so the answer is what the hand sees.

import { type CellId, type Colors, cellAt, cellsIn, type Mesh } from "./fabric";
import type { LonLat } from "./place";
import type { Pixel } from "./surface";

type Project = (at: LonLat) => Pixel;
type Unproject = (pixel: Pixel) => LonLat;

/** A place on a line: the line's number, the point before it, and how far from the pointer. */
export type Near = { line: number; index: number; at: LonLat; distance: number };

/** The closest place on any of some lines within a radius. */
export function nearestOn(
  lines: Iterable<readonly [number, readonly LonLat[]]>,
  pixel: Pixel,
  radius: number,
  project: Project,
  unproject: Unproject,
): Near | null {
  let best: (Omit<Near, "at"> & { pixel: Pixel }) | null = null;
  for (const [line, points] of lines) {
    let from: Pixel | null = null;
    for (let i = 0; i < points.length; i += 1) {
      const to = project(points[i] ?? [0, 0]);
      if (from !== null) {
        const foot = footOn(from, to, pixel);
        const distance = Math.hypot(foot[0] - pixel[0], foot[1] - pixel[1]);
        if (distance <= radius && (best === null || distance < best.distance))
          best = { line, index: i - 1, pixel: foot, distance };
      }
      from = to;
    }
  }
  return best && { line: best.line, index: best.index, at: unproject(best.pixel), distance: best.distance };
}

function footOn(a: Pixel, b: Pixel, at: Pixel): Pixel {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / length));
  return [a[0] + t * dx, a[1] + t * dy];
}

export function nearestPoint(
  points: Iterable<LonLat>,
  pixel: Pixel,
  radius: number,
  project: Project,
): { at: LonLat; distance: number } | null {
  let best: { at: LonLat; distance: number } | null = null;
  for (const at of points) {
    const [x, y] = project(at);
    const distance = Math.hypot(x - pixel[0], y - pixel[1]);
    if (distance <= radius && (best === null || distance < best.distance)) best = { at, distance };
  }
  return best;
}

/** Seams of the cells around a pixel. */
export function seamsAround(mesh: Mesh, pixel: Pixel, radius: number, unproject: Unproject): number[] {
  const a = unproject([pixel[0] - radius, pixel[1] + radius]);
  const b = unproject([pixel[0] + radius, pixel[1] - radius]);
  const found = new Set<number>();
  for (const cell of cellsIn(mesh, [a[0], a[1], b[0], b[1]]))
    for (const seam of mesh.seamsOf[cell] ?? []) found.add(seam);
  return [...found];
}

const sideOf = (colors: Colors, cell: CellId | null) => (cell === null ? undefined : (colors[cell] ?? null));

/** Whether a seam parts two grids, a grid and a gap, or the community and the world (`outer`). */
export function isBorder(mesh: Mesh, colors: Colors, seam: number, outer = false): boolean {
  const one = mesh.seams[seam];
  if (one === undefined) return false;
  if (one.left === null || one.right === null) return outer;
  return sideOf(colors, one.left) !== sideOf(colors, one.right);
}

/** The border seam between two grids of the community that is closest to a pixel. */
export function borderAt(
  mesh: Mesh,
  colors: Colors,
  pixel: Pixel,
  radius: number,
  project: Project,
  unproject: Unproject,
): Near | null {
  const near = seamsAround(mesh, pixel, radius, unproject).filter((seam) => isBorder(mesh, colors, seam));
  return nearestOn(linesOf(mesh, near), pixel, radius, project, unproject);
}

export const linesOf = (mesh: Mesh, seams: readonly number[]): [number, readonly LonLat[]][] =>
  seams.map((seam) => [seam, mesh.seams[seam]?.line ?? []]);

/** Points of borders near a pixel: places where a border bends, and junctions where three or more seams of the border meet. */
export function handlesAt(
  mesh: Mesh,
  colors: Colors,
  pixel: Pixel,
  radius: number,
  project: Project,
  unproject: Unproject,
): { at: LonLat; isJunction: boolean; isFixed: boolean }[] {
  const around = seamsAround(mesh, pixel, radius, unproject).filter((seam) =>
    isBorder(mesh, colors, seam, true),
  );
  const degree = new Map<string, { at: LonLat; n: number; outer: boolean }>();
  const inner: LonLat[] = [];
  for (const seam of around) {
    const { line, left, right } = mesh.seams[seam] ?? { line: [], left: null, right: null };
    const outer = left === null || right === null;
    for (const end of [line[0], line.at(-1)]) {
      if (end === undefined) continue;
      const key = `${end[0]},${end[1]}`;
      const known = degree.get(key);
      degree.set(key, { at: end, n: (known?.n ?? 0) + 1, outer: outer || known?.outer === true });
    }
    if (!outer) inner.push(...line.slice(1, -1));
  }
  const isNear = (at: LonLat) => {
    const [x, y] = project(at);
    return Math.hypot(x - pixel[0], y - pixel[1]) <= radius;
  };
  const ends = [...degree.values()].map(({ at, n, outer }) => ({ at, isJunction: n > 2, isFixed: outer }));
  return [...ends, ...inner.map((at) => ({ at, isJunction: false, isFixed: false }))].filter(({ at }) =>
    isNear(at),
  );
}

export type Snap = { at: LonLat; to: "vertex" | "barrier" | "building" | "border" | null };

/** Where a dragged point comes to rest: on a point of a border, a barrier, an edge of a building, a border; or nowhere. */
export function snapAt(
  mesh: Mesh,
  colors: Colors,
  pixel: Pixel,
  radius: number,
  surface: { project: Project; unproject: Unproject; edges: (pixel: Pixel, radius: number) => LonLat[][] },
  without: ReadonlySet<number>,
): Snap {
  const { project, unproject } = surface;
  const seams = seamsAround(mesh, pixel, radius, unproject).filter((seam) => !without.has(seam));
  const borders = seams.filter((seam) => isBorder(mesh, colors, seam, true));
  const points = borders.flatMap((seam) => mesh.seams[seam]?.line ?? []);
  const point = nearestPoint(points, pixel, radius * 0.7, project);
  if (point !== null) return { at: point.at, to: "vertex" };
  const barriers = seams.filter((seam) => (mesh.seams[seam]?.barrier ?? "none") !== "none");
  const onBarrier = nearestOn(linesOf(mesh, barriers), pixel, radius, project, unproject);
  if (onBarrier !== null) return { at: onBarrier.at, to: "barrier" };
  const edges = surface.edges(pixel, radius).map((line, i): [number, LonLat[]] => [i, line]);
  const onEdge = nearestOn(edges, pixel, radius, project, unproject);
  if (onEdge !== null) return { at: onEdge.at, to: "building" };
  const onBorder = nearestOn(linesOf(mesh, borders), pixel, radius, project, unproject);
  if (onBorder !== null) return { at: onBorder.at, to: "border" };
  return { at: unproject(pixel), to: null };
}

/** The grid under most of a line. */
export function gridUnder(mesh: Mesh, colors: Colors, line: readonly LonLat[]): number | null {
  const found = new Map<number, number>();
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1] ?? [0, 0], line[i] ?? [0, 0]];
    for (let t = 0.05; t < 1; t += 0.1) {
      const cell = cellAt(mesh, [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
      const grid = cell === null ? null : (colors[cell] ?? null);
      if (grid !== null) found.set(grid, (found.get(grid) ?? 0) + 1);
    }
  }
  return [...found].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
