// Merge: press in one grid and let go in its neighbour, or choose one and press the other; they become one, and the
// first keeps its name.

import { cellsOf, neighborsOf } from "../model/draft";
import { isLocked } from "../model/edits";
import { cellAt } from "../model/fabric";
import { chosenGrid } from "../model/plankeys";
import type { GridKey } from "../model/register";
import type { SurfaceEvent, Tool } from "../model/surface";
import { ground, type Hand, release, strokeOf, tell } from "./hand";

export function merge(hand: Hand): Tool {
  const { surface } = hand;
  let first: GridKey | null = null;

  function gridAt(event: SurfaceEvent): GridKey | null {
    const here = ground(hand);
    const cell = here === null ? null : cellAt(here.fabric.mesh, event.at);
    return here === null || cell === null ? null : (here.colors[cell] ?? null);
  }

  /** What letting go here would do. */
  function foresee(event: SurfaceEvent, keep: GridKey | null, pressed: boolean) {
    const here = ground(hand);
    const other = gridAt(event);
    if (here === null || keep === null || other === null || other === keep) {
      tell(hand, null);
      return [];
    }
    const { fabric, colors } = here;
    const recolor = new Map(cellsOf(colors, other).map((cell) => [cell, keep]));
    const locked = [keep, other].find((grid) => isLocked(fabric, grid));
    const isNeighbor = neighborsOf(fabric.mesh, colors, keep).includes(other);
    const trouble =
      locked !== undefined
        ? { code: "grid.locked", grid: locked, cells: [] }
        : isNeighbor
          ? null
          : { code: "edit.not-neighbours", grid: other, cells: [] };
    const [a, b] = [fabric.grids.get(keep)?.code ?? "", fabric.grids.get(other)?.code ?? ""];
    const edits = trouble === null ? [{ op: "merge" as const, grids: [a, b], keep: a }] : [];
    tell(hand, { ...strokeOf("merge", event.pixel, pressed, { recolor, edits }), trouble });
    return edits;
  }

  return {
    on(event) {
      if (event.kind === "move" && first === null) {
        const here = ground(hand);
        surface.cursor(gridAt(event) === null ? "" : "pointer");
        foresee(event, here === null ? null : chosenGrid(hand.now(), here.fabric), false);
      } else if (event.kind === "down") {
        first = gridAt(event);
        return first !== null;
      } else if (event.kind === "drag") foresee(event, first, true);
      else if (event.kind === "up") {
        const here = ground(hand);
        const last = gridAt(event);
        const chosen = here === null ? null : chosenGrid(hand.now(), here.fabric);
        const isPress = last === first;
        const edits = foresee(event, isPress ? chosen : first, true);
        const code = here === null || last === null ? undefined : here.fabric.grids.get(last)?.code;
        first = null;
        release(hand, edits);
        if (edits.length === 0 && isPress && code !== undefined)
          hand.send({ do: "select", selection: { kind: "grid", code }, fly: false });
      } else if (event.kind === "cancel" || event.kind === "leave") this.exit();
      return false;
    },
    exit() {
      first = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}
