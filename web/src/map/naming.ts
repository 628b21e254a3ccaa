// Names and counts of the grids a division would make: where they would lie, not where today's do.

import { type Foreseen, foreseen } from "../model/division";
import { type Cell, type CellId, type Fabric, type Mesh, metresBetween } from "../model/fabric";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import type { State } from "../model/state";

export type Naming = {
  named: readonly { grid: Foreseen; at: LonLat }[];
  /** Today's grids that are divided anew. */
  gone: ReadonlySet<GridKey>;
};

const known = new WeakMap<readonly Foreseen[], { fabric: Fabric; naming: Naming }>();

/** The grids of the community being redrawn as the division on the map would have them, each with its place. Null while
 *  today's are shown. Worked out once for each division and state of the draft. */
export function namingOf(state: State): Naming | null {
  const { bench, view } = state;
  const fabric = view.workspace === "plan" ? state.fabric.value : null;
  if (fabric === null || bench.mending.shown !== null || bench.stroke !== null) return null;
  const grids = foreseen(bench.dividing, fabric);
  if (grids === null) return null;
  const held = known.get(grids);
  if (held?.fabric === fabric) return held.naming;
  const named = grids.flatMap((grid) => {
    const at = middleOf(grid.cells, fabric.mesh);
    return at === null ? [] : [{ grid, at }];
  });
  const gone = new Set(grids.flatMap((grid) => grid.cells.flatMap((cell) => fabric.colors[cell] ?? [])));
  const naming = { named, gone };
  known.set(grids, { fabric, naming });
  return naming;
}

/** Where the label of a cell in the middle of them lies: near to all, and not small. */
function middleOf(cells: readonly CellId[], mesh: Mesh): LonLat | null {
  const found = cells.flatMap((id) => mesh.cells[id] ?? []);
  const all = found.reduce((sum, { areaM2 }) => sum + areaM2, 0);
  const mean = (axis: 0 | 1) => found.reduce((sum, { label, areaM2 }) => sum + label[axis] * areaM2, 0) / all;
  const middle: LonLat = [mean(0), mean(1)];
  // A cell a quarter as large has to be twice as near.
  const far = ({ label, areaM2 }: Cell) => metresBetween(label, middle) / Math.sqrt(areaM2);
  let best: Cell | null = null;
  for (const cell of found) if (best === null || far(cell) < far(best)) best = cell;
  return best?.label ?? null;
}
