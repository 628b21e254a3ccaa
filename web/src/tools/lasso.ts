// Lasso: draw around buildings, they go to the target with their cells; or, by exact area, the ground inside the line.

import { isLocked, NEW_GRID, painting } from "../model/edits";
import { cellAt, cellsInside } from "../model/fabric";
import { nextName } from "../model/names";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import type { SurfaceEvent, Tool } from "../model/surface";
import { aim, ground, type Hand, release, strokeOf, takeable, tell } from "./hand";

const STEP = 4;

export function lasso(hand: Hand): Tool {
  const { surface } = hand;
  let ring: LonLat[] | null = null;
  let to: GridKey | null = null;

  const closed = (points: LonLat[]): LonLat[] => [...points, points[0] ?? [0, 0]];

  function foresee(event: SurfaceEvent) {
    const here = ground(hand);
    if (here === null || ring === null || ring.length < 3) return [];
    const { fabric, colors } = here;
    surface.show([{ kind: "line", role: "lasso", line: closed(ring) }]);
    const exact = hand.now().bench.exact && to !== NEW_GRID;
    const inside = takeable(fabric, colors, cellsInside(fabric.mesh, ring), to);
    const recolor = exact ? new Map() : new Map(inside.map((cell) => [cell, to]));
    const code = to === null ? null : (fabric.grids.get(to)?.code ?? null);
    const made = to === NEW_GRID ? painting(fabric, inside, to, nextName(fabric)) : null;
    const edits =
      to === NEW_GRID
        ? made === null
          ? []
          : [made]
        : [
            {
              op: "lasso" as const,
              polygon: [closed(ring)],
              to: code,
              by: exact ? ("area" as const) : ("building" as const),
            },
          ];
    const worth = exact || recolor.size > 0;
    const trouble =
      isLocked(fabric, to) && to !== null ? { code: "grid.locked", grid: to, cells: [] } : undefined;
    tell(
      hand,
      strokeOf("lasso", event.pixel, true, { ...here, recolor, edits: worth ? edits : [], exact, trouble }),
    );
    return worth && trouble === undefined ? edits : [];
  }

  return {
    on(event) {
      if (event.kind === "move") surface.cursor("crosshair");
      if (event.kind === "down") {
        const here = ground(hand);
        if (here === null) return false;
        const erase = hand.now().bench.erase || event.alt === true;
        const aimed = erase ? null : aim(hand, here.fabric, here.colors, cellAt(here.fabric.mesh, event.at));
        if (aimed === undefined) return false;
        to = aimed;
        ring = [event.at];
        return true;
      }
      if (ring === null) return false;
      if (event.kind === "drag") {
        const [x, y] = surface.project(ring.at(-1) ?? event.at);
        if (Math.hypot(event.pixel[0] - x, event.pixel[1] - y) >= STEP) ring.push(event.at);
        foresee(event);
      } else if (event.kind === "up") {
        const edits = foresee(event);
        ring = null;
        release(hand, edits);
      } else if (event.kind === "cancel") this.exit();
      return false;
    },
    exit() {
      ring = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}
