// What every tool of the planner has in hand: the map's surface, the state, and the way to say what happened.

import type { Action } from "../model/action";
import type { Stroke, ToolName } from "../model/bench";
import { type Recolor, troubleOf } from "../model/draft";
import { type Edit, isLocked, NEW_GRID } from "../model/edits";
import type { CellId, Colors, Fabric } from "../model/fabric";
import { targetGrid } from "../model/plankeys";
import type { GridKey } from "../model/register";
import type { State } from "../model/state";
import type { MapSurface, Pixel } from "../model/surface";

export type Hand = { surface: MapSurface; send: (action: Action) => void; now: () => State };

/** Fabric and colours in force; null while there is nothing to draw on. */
export function ground(hand: Hand): { fabric: Fabric; colors: Colors } | null {
  const { fabric, bench } = hand.now();
  return fabric.value === null || bench.colors === null
    ? null
    : { fabric: fabric.value, colors: bench.colors };
}

export const tell = (hand: Hand, stroke: Stroke | null): void =>
  hand.send({ of: "draft", do: "stroke", stroke });

export const release = (hand: Hand, edits: Edit[]): void => {
  hand.surface.show([]);
  if (edits.length === 0) tell(hand, null);
  else hand.send({ of: "draft", do: "edit", edits });
};

export const strokeOf = (
  tool: ToolName,
  at: Pixel | null,
  pressed: boolean,
  by: Partial<Stroke> & { fabric?: Fabric; colors?: Colors },
): Stroke => {
  const { fabric, colors, ...rest } = by;
  const recolor: Recolor = rest.recolor ?? new Map();
  const trouble =
    rest.trouble ??
    (fabric !== undefined && colors !== undefined ? troubleOf(fabric, colors, recolor) : null);
  return { tool, at, pressed, recolor, edits: [], exact: false, note: "", ...rest, trouble };
};

/** The grid a stroke works for; undefined when nothing says which. `here` is the cell it begins in. */
export function aim(
  hand: Hand,
  fabric: Fabric,
  colors: Colors,
  here: CellId | null,
): GridKey | null | undefined {
  const named = targetGrid(hand.now(), fabric);
  if (named !== undefined) return named;
  if (fabric.grids.size === 0) return NEW_GRID;
  const grid = here === null ? null : (colors[here] ?? null);
  return grid ?? undefined;
}

/** Nothing says for which grid: the hint beside the pointer. */
export const aimless = (tool: ToolName, at: Pixel): Stroke =>
  strokeOf(tool, at, false, { trouble: { code: "no-target", grid: NEW_GRID, cells: [] } });

/** Cells a stroke may take: not those that are there already, not those of locked grids. */
export const takeable = (
  fabric: Fabric,
  colors: Colors,
  cells: readonly CellId[],
  to: GridKey | null,
): CellId[] =>
  cells.filter((cell) => {
    const from = colors[cell] ?? null;
    return from !== to && !isLocked(fabric, from);
  });

export const lockedAmong = (fabric: Fabric, colors: Colors, cells: readonly CellId[]): GridKey | null =>
  cells.map((cell) => colors[cell] ?? null).find((grid) => isLocked(fabric, grid)) ?? null;
