// What is asked of a draft and what comes of it: edits, their outcome, the edits still on their way.

import { cellsOf, keyOfCode, type Recolor, recolored, troubleOf } from "./draft";
import type { CellId, Colors, Fabric } from "./fabric";
import { cellsInside } from "./fabric";
import type { LonLat } from "./place";
import type { Code, Finding, Grid, GridKey, Problem } from "./register";

/** Grids are named by code, places are longitude and latitude. */
export type Edit =
  | { op: "paint"; community?: Code; buildings?: Code[]; cells?: CellId[]; to: Code | null }
  | { op: "lasso"; polygon: LonLat[][]; to: Code | null; by: "building" | "area" }
  | { op: "split"; grid: Code; line: LonLat[]; name?: string }
  | { op: "reroute"; between: [Code, Code]; line: LonLat[] }
  | { op: "move" | "insert"; at: LonLat; to: LonLat }
  | { op: "remove"; at: LonLat }
  | { op: "merge"; grids: Code[]; keep: Code }
  | { op: "create"; name: string; community: Code; buildings?: Code[]; cells?: CellId[] }
  | { op: "rename"; grid: Code; name: string }
  | { op: "number"; grid: Code; number: number }
  | { op: "renumber"; community: Code }
  | { op: "link" | "unlink"; from: LonLat; to: LonLat }
  | { op: "detach"; grid: Code; allowed: boolean }
  | { op: "lock" | "unlock"; grid: Code }
  | { op: "lock" | "unlock"; all: true; community: Code }
  | { op: "divide"; community: Code; parts: { cells: CellId[]; grid: Code | null; name: string }[] };

export type Repair = "refuse" | "carry";

/** Numbers of one grid (or, without a grid, of what has none in the community). */
export type Row = {
  grid: Code | null;
  id: GridKey | null;
  name: string;
  buildings: number;
  dwellings: number;
  households: number;
  persons: number;
  /** Households against the community's mean: 0.03 is three in a hundred more. */
  deviation: number | null;
  band: string;
  areaM2: number;
  compactness: number | null;
  barrierShare: number | null;
  pieces: number;
};

export type Outcome = {
  revision: number;
  changed: boolean;
  id: string;
  grids: (Grid & { locked: boolean | null })[];
  removed: Code[];
  before: Row[];
  after: Row[];
  findings: { gone: Finding[]; fresh: Finding[] };
  carried: { buildings: Code[]; from: Code | null; to: Code }[];
  fabricChanged: boolean;
  recolored: { cell: CellId; grid: GridKey | null }[];
  canUndo: boolean;
  canRedo: boolean;
  what: string;
};

export type StaleChange = { revision: number; who: string; when: string; what: string; grids: Code[] };

/** One step of work not yet acknowledged. */
export type Pending = {
  id: string;
  kind: "edits" | "undo" | "redo";
  edits: Edit[];
  repair: Repair;
  community: Code;
  base: number;
  step: "waiting" | "sending" | "refused";
  /** It outlived a lost connection or a reload. */
  kept: boolean;
  problem: Problem | null;
};

/** A key for a grid the server has not named yet. */
export const NEW_GRID: GridKey = -1;

/** The recolouring an edit means, as far as the page can tell by itself. */
export function foreseen(fabric: Fabric, colors: Colors, edit: Edit): Recolor {
  const found = new Map<CellId, GridKey | null>();
  const give = (cells: Iterable<CellId | undefined>, to: GridKey | null) => {
    for (const cell of cells) if (cell !== undefined && (colors[cell] ?? null) !== to) found.set(cell, to);
  };
  const target = (code: Code | null) => (code === null ? null : keyOfCode(fabric, code));
  const known = (code: Code | null) => code === null || target(code) !== null;
  if (edit.op === "paint" && known(edit.to))
    give(
      [...(edit.buildings ?? []).map((code) => fabric.mesh.ofBuilding.get(code)), ...(edit.cells ?? [])],
      target(edit.to),
    );
  if (edit.op === "lasso" && edit.by === "building" && known(edit.to))
    give(
      cellsInside(fabric.mesh, edit.polygon[0] ?? []).filter(
        (cell) => !isLocked(fabric, colors[cell] ?? null),
      ),
      target(edit.to),
    );
  if (edit.op === "create")
    give(
      [...(edit.buildings ?? []).map((code) => fabric.mesh.ofBuilding.get(code)), ...(edit.cells ?? [])],
      NEW_GRID,
    );
  if (edit.op === "merge" && known(edit.keep))
    for (const code of edit.grids) {
      const grid = target(code);
      if (grid !== null) give(cellsOf(colors, grid), target(edit.keep));
    }
  return found;
}

export const isLocked = (fabric: Fabric, grid: GridKey | null): boolean =>
  grid !== null && fabric.grids.get(grid)?.locked === true;

/** The colours as they will be when everything on its way has arrived; a step that would be refused changes nothing. */
export function awaited(fabric: Fabric, queue: readonly Pending[]): Colors {
  let colors = fabric.colors;
  for (const pending of queue) {
    if (pending.step === "refused" || pending.community !== fabric.community) continue;
    for (const edit of pending.edits) {
      const recolor = foreseen(fabric, colors, edit);
      const merges = edit.op === "merge" && troubleOf(fabric, colors, recolor)?.code === "edit.swallowed";
      if (merges || troubleOf(fabric, colors, recolor) === null) colors = recolored(colors, recolor);
    }
  }
  return colors;
}

/**
 * The edit that gives cells to a grid. Buildings name their cells whatever becomes of the fabric meanwhile; where
 * one of them holds no building, all go by number, which the server takes only on the fabric that was read.
 */
export function painting(
  fabric: Fabric,
  cells: Iterable<CellId>,
  to: GridKey | null,
  name: string,
): Edit | null {
  const list = [...cells];
  if (list.length === 0) return null;
  const housed = list.map((cell) => fabric.mesh.cells[cell]?.buildings ?? []);
  const what = housed.some((own) => own.length === 0) ? { cells: list } : { buildings: housed.flat() };
  if (to === NEW_GRID) return { op: "create", name, community: fabric.community, ...what };
  const code = to === null ? null : (fabric.grids.get(to)?.code ?? null);
  if (to !== null && code === null) return null;
  return { op: "paint", ...what, to: code };
}
