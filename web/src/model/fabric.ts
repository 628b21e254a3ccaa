// A community's draft as the page holds it: cells sewn at shared seams (`Mesh`, which changes only when the server
// cuts cells), and the grid each cell belongs to (`colors`, which changes with every stroke). Cells are numbered
// from 1; every list by cell has an unused first place, so a cell's number is its index.

import { type Box, boxUnion, type LonLat } from "./place";
import type { Code, Grid, GridKey } from "./register";

export type CellId = number;
export type Barrier = "none" | "lane" | "road" | "avenue" | "rail" | "water" | "wall";

export type Cell = {
  id: CellId;
  label: LonLat;
  buildings: Code[];
  dwellings: number;
  households: number;
  persons: number;
  areaM2: number;
};
/** Left and right as seen walking along the line; null lies outside the community. */
export type Seam = { left: CellId | null; right: CellId | null; barrier: Barrier; line: LonLat[] };
export type DraftGrid = Grid & { locked: boolean; detached: boolean };
export type Link = readonly [LonLat, LonLat];

/** The grid of each cell, by cell number; null is a gap. */
export type Colors = readonly (GridKey | null)[];
export type Polygon = LonLat[][];

export type Mesh = {
  cells: readonly (Cell | undefined)[];
  seams: readonly Seam[];
  /** Metres of each seam. */
  lengths: Float64Array;
  seamsOf: readonly number[][];
  near: readonly CellId[][];
  shapes: readonly Polygon[][];
  boxes: readonly (Box | null)[];
  ofBuilding: ReadonlyMap<Code, CellId>;
  buckets: Buckets;
};
type Buckets = { step: readonly [number, number]; byKey: ReadonlyMap<string, CellId[]> };

export type Fabric = {
  /** The revision the colours stand at. */
  revision: number;
  /** The revision at which the mesh was read. */
  readAt: number;
  plan: string;
  community: Code;
  bounds: Box | null;
  mesh: Mesh;
  colors: Colors;
  grids: ReadonlyMap<GridKey, DraftGrid>;
  links: Link[];
};

const METRES = 111_319.49;
/** Metres of one degree of longitude and latitude. */
export const scaleAt = (lat: number): readonly [number, number] => [
  METRES * Math.cos((lat * Math.PI) / 180),
  METRES,
];

export function metresBetween(a: LonLat, b: LonLat): number {
  const [x, y] = scaleAt((a[1] + b[1]) / 2);
  return Math.hypot((b[0] - a[0]) * x, (b[1] - a[1]) * y);
}

const lengthOf = (line: readonly LonLat[]): number =>
  line.reduce((sum, at, i) => sum + (i === 0 ? 0 : metresBetween(line[i - 1] ?? at, at)), 0);

/** Builds what the pointer asks of a fabric. Cost: O(points), once after each reading. */
export function meshOf(list: readonly Cell[], seams: readonly Seam[], links: readonly Link[]): Mesh {
  const size = list.reduce((most, cell) => Math.max(most, cell.id), 0) + 1;
  const cells: (Cell | undefined)[] = new Array(size).fill(undefined);
  for (const cell of list) cells[cell.id] = cell;
  const seamsOf: number[][] = Array.from({ length: size }, () => []);
  const near: Set<CellId>[] = Array.from({ length: size }, () => new Set());
  seams.forEach(({ left, right }, i) => {
    if (left !== null) seamsOf[left]?.push(i);
    if (right !== null && right !== left) seamsOf[right]?.push(i);
    if (left === null || right === null || left === right) return;
    near[left]?.add(right);
    near[right]?.add(left);
  });
  const shapes = cells.map((cell) =>
    cell === undefined ? [] : shapeOf(cell.id, seams, seamsOf[cell.id] ?? []),
  );
  const boxes = shapes.map((polygons) => {
    let box: Box | null = null;
    for (const [lon, lat] of polygons.flatMap((rings) => rings[0] ?? []))
      box = boxUnion(box, [lon, lat, lon, lat]);
    return box;
  });
  const bare = {
    cells,
    seams,
    lengths: Float64Array.from(seams, (seam) => lengthOf(seam.line)),
    seamsOf,
    shapes,
    boxes,
    ofBuilding: new Map(
      list.flatMap((cell) => cell.buildings.map((code): [Code, CellId] => [code, cell.id])),
    ),
    buckets: bucketsOf(boxes),
  };
  const mesh = { ...bare, near: near.map((set) => [...set]) };
  for (const [from, to] of links) {
    const [a, b] = [cellAt(mesh, from), cellAt(mesh, to)];
    if (a === null || b === null || a === b) continue;
    mesh.near[a]?.push(b);
    mesh.near[b]?.push(a);
  }
  return mesh;
}

const keyOf = (at: LonLat): string => `${at[0]},${at[1]}`;

/** Rings of one cell, walked with the cell at the left, sewn at their ends; then holes find their outer ring. */
function shapeOf(cell: CellId, seams: readonly Seam[], mine: readonly number[]): Polygon[] {
  const open = new Map<string, LonLat[][]>();
  const parts: LonLat[][] = [];
  for (const i of mine) {
    const seam = seams[i];
    if (seam === undefined || seam.left === seam.right || seam.line.length < 2) continue;
    parts.push(seam.left === cell ? seam.line : seam.line.toReversed());
  }
  for (const part of parts) {
    const key = keyOf(part[0] ?? [0, 0]);
    const list = open.get(key);
    if (list === undefined) open.set(key, [part]);
    else list.push(part);
  }
  const take = (key: string): LonLat[] | undefined => open.get(key)?.pop();
  const rings: LonLat[][] = [];
  for (const part of parts) {
    const start = keyOf(part[0] ?? [0, 0]);
    const first = open.get(start);
    const at = first?.indexOf(part) ?? -1;
    if (at < 0) continue;
    first?.splice(at, 1);
    const ring = [...part];
    for (let end = keyOf(ring.at(-1) ?? [0, 0]); end !== start; end = keyOf(ring.at(-1) ?? [0, 0])) {
      const next = take(end);
      if (next === undefined) break;
      ring.push(...next.slice(1));
    }
    if (ring.length >= 4) rings.push(ring);
  }
  const outers = rings.filter((ring) => twiceArea(ring) > 0).map((ring): Polygon => [ring]);
  for (const hole of rings.filter((ring) => twiceArea(ring) <= 0)) {
    const home = outers.find(
      ([outer]) => hole[0] !== undefined && outer !== undefined && inRing(outer, hole[0]),
    );
    (home ?? outers[0])?.push(hole);
  }
  return outers;
}

/** Twice the signed area: positive when the ring runs against the clock. */
function twiceArea(ring: readonly LonLat[]): number {
  const [x0, y0] = ring[0] ?? [0, 0];
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = ring[i - 1] ?? [0, 0];
    const [bx, by] = ring[i] ?? [0, 0];
    sum += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return sum;
}

/** Even-odd; on the line either answer. */
export function inRing(ring: readonly LonLat[], at: LonLat): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [ax, ay] = ring[i] ?? [0, 0];
    const [bx, by] = ring[j] ?? [0, 0];
    if (ay > at[1] !== by > at[1] && at[0] < ((bx - ax) * (at[1] - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

const inPolygon = (polygon: Polygon, at: LonLat): boolean =>
  polygon.reduce((inside, ring) => inside !== inRing(ring, at), false);

/** Squares about as large as a cell, each with the cells whose boxes meet it. */
function bucketsOf(boxes: readonly (Box | null)[]): Buckets {
  const real = boxes.filter((box) => box !== null);
  const middle = (side: (box: Box) => number): number => {
    const sorted = real.map(side).sort((a, b) => a - b);
    return Math.max(sorted[sorted.length >> 1] ?? 0, 1e-7);
  };
  const step = [middle((box) => box[2] - box[0]), middle((box) => box[3] - box[1])] as const;
  const byKey = new Map<string, CellId[]>();
  boxes.forEach((box, id) => {
    if (box === null) return;
    for (const key of keysOf(step, box)) {
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [id]);
      else list.push(id);
    }
  });
  return { step, byKey };
}

function* keysOf(step: readonly [number, number], box: Box): Generator<string> {
  for (let x = Math.floor(box[0] / step[0]); x <= Math.floor(box[2] / step[0]); x += 1)
    for (let y = Math.floor(box[1] / step[1]); y <= Math.floor(box[3] / step[1]); y += 1) yield `${x},${y}`;
}

type Ground = Pick<Mesh, "buckets" | "shapes">;

/** The cell at a place. */
export function cellAt(mesh: Ground, at: LonLat): CellId | null {
  for (const key of keysOf(mesh.buckets.step, [at[0], at[1], at[0], at[1]]))
    for (const id of mesh.buckets.byKey.get(key) ?? [])
      if (mesh.shapes[id]?.some((polygon) => inPolygon(polygon, at))) return id;
  return null;
}

/** Cells whose boxes meet a box. */
export function cellsIn(mesh: Pick<Mesh, "buckets" | "boxes">, box: Box): CellId[] {
  const found = new Set<CellId>();
  for (const key of keysOf(mesh.buckets.step, box))
    for (const id of mesh.buckets.byKey.get(key) ?? []) {
      const own = mesh.boxes[id];
      if (own && own[0] <= box[2] && box[0] <= own[2] && own[1] <= box[3] && box[1] <= own[3]) found.add(id);
    }
  return [...found];
}

const around = (at: LonLat, metres: number): Box => {
  const [x, y] = scaleAt(at[1]);
  return [at[0] - metres / x, at[1] - metres / y, at[0] + metres / x, at[1] + metres / y];
};

/** What a round brush takes: the cell under its middle, and every cell whose label it covers. */
export function cellsUnder(mesh: Mesh, at: LonLat, metres: number): CellId[] {
  const middle = cellAt(mesh, at);
  return cellsIn(mesh, around(at, metres)).filter((id) => {
    const label = mesh.cells[id]?.label;
    return id === middle || (label !== undefined && metresBetween(label, at) <= metres);
  });
}

/** Cells whose label lies inside a ring drawn by hand. */
export function cellsInside(mesh: Mesh, ring: readonly LonLat[]): CellId[] {
  if (ring.length < 3) return [];
  let box: Box | null = null;
  for (const [lon, lat] of ring) box = boxUnion(box, [lon, lat, lon, lat]);
  return cellsIn(mesh, box ?? [0, 0, 0, 0]).filter((id) => {
    const label = mesh.cells[id]?.label;
    return label !== undefined && inRing(ring, label);
  });
}
