// The keyboard of the Plan workspace: a key and a state give actions, or nothing when the key means nothing here.

import type { Action } from "./action";
import { type Bench, BRUSHES, TOOL_KEYS, TOOLS } from "./bench";
import { cellsOf, keyOfCode, troubleOf } from "./draft";
import { isLocked, painting } from "./edits";
import type { CellId, Colors, Fabric } from "./fabric";
import { nextName } from "./names";
import type { GridKey } from "./register";
import type { State } from "./state";
import { cellToward, gridToward, isWay, nextLoose, numbered } from "./walk";

export type Key = { key: string; ctrl: boolean; shift: boolean; alt: boolean };

const draft = (action: Omit<Extract<Action, { of: "draft" }>, "of">): Action =>
  ({ of: "draft", ...action }) as Action;

/** The grid selected, by key. */
export function chosenGrid(state: State, fabric: Fabric): GridKey | null {
  const { selection } = state.view;
  return selection?.kind === "grid" ? keyOfCode(fabric, selection.code) : null;
}

/** The grid a stroke works for: the target, else the grid selected. */
export function targetGrid(state: State, fabric: Fabric): GridKey | null | undefined {
  const { target } = state.bench;
  if (target !== null) return target.grid;
  return chosenGrid(state, fabric) ?? undefined;
}

export function keyed(state: State, { key, ctrl, shift, alt }: Key): Action[] | null {
  const fabric = state.fabric.value;
  const { bench } = state;
  if (fabric === null || bench.colors === null) return null;
  const low = key.toLowerCase();
  if (ctrl) {
    if (low === "z") return [draft({ do: shift ? "redo" : "undo" } as never)];
    return low === "y" ? [draft({ do: "redo" } as never)] : null;
  }
  if (alt) return null;
  const tool = TOOLS.find((one) => TOOL_KEYS[one] === low);
  if (tool !== undefined) return [draft({ do: "tool", to: tool } as never)];
  if (low === "e") return [draft({ do: "erase", on: !bench.erase } as never)];
  if (low === "a" && bench.tool === "lasso") return [draft({ do: "exact", on: !bench.exact } as never)];
  if (key === "[" || key === "]")
    return [draft({ do: "brush", to: brushBeside(bench, key === "]") } as never)];
  if (/^[1-9]$/.test(key)) return choose(state, fabric, bench.colors, Number(key) - 1);
  if (isWay(key)) return walk(state, fabric, bench.colors, key);
  if (key === "Tab") return shift ? null : toLoose(fabric, bench.colors, bench.cursor);
  if (key === " ") return apply(state, fabric, bench.colors);
  return null;
}

const brushBeside = (bench: Bench, larger: boolean): number => {
  const at = BRUSHES.findIndex((size) => size >= bench.brush);
  return BRUSHES[Math.max(0, Math.min(BRUSHES.length - 1, at + (larger ? 1 : -1)))] ?? bench.brush;
};

/** The grid whose neighbours the numbers name: the one selected, else that of the cell one stands on. */
export function baseGrid(state: State, fabric: Fabric, colors: Colors): GridKey | null {
  const here = state.bench.cursor === null ? null : (colors[state.bench.cursor] ?? null);
  return chosenGrid(state, fabric) ?? here;
}

/** A neighbour becomes the target; with a tool in hand one then stands where the two grids meet. */
function choose(state: State, fabric: Fabric, colors: Colors, at: number): Action[] {
  const base = baseGrid(state, fabric, colors);
  const grid = base === null ? undefined : numbered(fabric, colors, base)[at];
  if (base === null || grid === undefined) return [];
  const aim = draft({ do: "target", to: { grid } } as never);
  const { tool, cursor } = state.bench;
  const stands =
    cursor !== null && (colors[cursor] ?? null) === base && touches(fabric, colors, cursor, grid);
  if (tool === "browse" || tool === "merge" || stands) return [aim];
  return [aim, ...goTo(fabric, doorway(fabric, colors, base, grid))];
}

const touches = (fabric: Fabric, colors: Colors, cell: CellId, grid: GridKey): boolean =>
  fabric.mesh.near[cell]?.some((other) => colors[other] === grid) === true;

/** A cell of one grid beside another that could go there without tearing the grid, if there is one. */
function doorway(fabric: Fabric, colors: Colors, from: GridKey, to: GridKey): CellId | null {
  const beside = cellsOf(colors, from).filter((cell) => touches(fabric, colors, cell, to));
  const fits = beside.find((cell) => troubleOf(fabric, colors, new Map([[cell, to]])) === null);
  return fits ?? beside[0] ?? null;
}

const goTo = (fabric: Fabric, cell: CellId | null): Action[] =>
  cell === null ? [] : [draft({ do: "cursor", cell } as never), ...near(fabric, cell)];

const near = (fabric: Fabric, cell: CellId): Action[] => {
  const at = fabric.mesh.cells[cell]?.label;
  return at === undefined ? [] : [{ do: "goTo", at }];
};

function walk(
  state: State,
  fabric: Fabric,
  colors: Colors,
  way: Parameters<typeof cellToward>[2],
): Action[] | null {
  const { tool, cursor } = state.bench;
  const grid = chosenGrid(state, fabric);
  if (tool === "browse" || tool === "merge") {
    const next = grid === null ? null : gridToward(fabric, colors, grid, way);
    const code = next === null ? null : (fabric.grids.get(next)?.code ?? null);
    if (grid === null) return null;
    return code === null ? [] : [{ do: "select", selection: { kind: "grid", code } }];
  }
  if (cursor !== null && fabric.mesh.cells[cursor] !== undefined)
    return goTo(fabric, cellToward(fabric, cursor, way));
  const first =
    grid === null ? fabric.mesh.cells.findIndex((cell) => cell !== undefined) : cellsOf(colors, grid)[0];
  return goTo(fabric, first === undefined || first < 0 ? null : first);
}

function toLoose(fabric: Fabric, colors: Colors, cursor: CellId | null): Action[] | null {
  const cell = nextLoose(fabric, colors, cursor);
  return cell === null ? null : goTo(fabric, cell);
}

/** Space does what the tool would do where one stands. */
function apply(state: State, fabric: Fabric, colors: Colors): Action[] | null {
  const { tool, cursor, erase } = state.bench;
  if (tool === "merge") {
    const keep = chosenGrid(state, fabric);
    const other = state.bench.target?.grid ?? null;
    const [a, b] = [keep, other].map((grid) => (grid === null ? undefined : fabric.grids.get(grid)?.code));
    if (a === undefined || b === undefined || a === b) return [];
    return [draft({ do: "edit", edits: [{ op: "merge", grids: [a, b], keep: a }] } as never)];
  }
  if (cursor === null || tool === "browse") return null;
  const to = erase ? null : targetGrid(state, fabric);
  if (to === undefined || isLocked(fabric, colors[cursor] ?? null)) return [];
  if ((colors[cursor] ?? null) === to) return [];
  const edit = painting(fabric, [cursor], to, nextName(fabric));
  return edit === null ? [] : [draft({ do: "edit", edits: [edit] } as never)];
}
