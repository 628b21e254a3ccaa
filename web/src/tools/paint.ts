// Paint: a round brush gives the cells it passes to the target, or takes them from every grid (Alt, or erase).
// Without a target the stroke extends the grid it begins in.

import { isLocked, painting } from "../model/edits";
import type { CellId } from "../model/fabric";
import { cellAt, cellsUnder, type Fabric } from "../model/fabric";
import { nextName } from "../model/names";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import { metresPerPixelAt, type SurfaceEvent, type Tool } from "../model/surface";
import { aim, aimless, ground, type Hand, lockedAmong, release, strokeOf, takeable, tell } from "./hand";

type Under = { taken: Map<CellId, GridKey | null>; to: GridKey | null; last: LonLat };

export function paint(hand: Hand): Tool {
  const { surface } = hand;
  let under: Under | null = null;

  const metres = (at: LonLat) => hand.now().bench.brush * metresPerPixelAt(surface, at);
  const ring = (event: SurfaceEvent, erase: boolean) =>
    surface.show([
      { kind: "ring", role: erase ? "erase" : "brush", at: event.at, radius: hand.now().bench.brush },
    ]);

  function hover(event: SurfaceEvent): void {
    const here = ground(hand);
    if (here === null) return;
    const { fabric, colors } = here;
    const erase = hand.now().bench.erase || event.alt === true;
    ring(event, erase);
    const to = erase ? null : aim(hand, fabric, colors, cellAt(fabric.mesh, event.at));
    if (to === undefined) {
      tell(hand, aimless("paint", event.pixel));
      return;
    }
    const covered = cellsUnder(fabric.mesh, event.at, metres(event.at));
    const recolor = new Map(takeable(fabric, colors, covered, to).map((cell) => [cell, to]));
    tell(hand, strokeOf("paint", event.pixel, false, { ...here, recolor, trouble: lockTrouble(fabric, to) }));
  }

  function down(event: SurfaceEvent): boolean {
    const here = ground(hand);
    if (here === null) return false;
    const { fabric, colors } = here;
    const erase = hand.now().bench.erase || event.alt === true;
    const cell = cellAt(fabric.mesh, event.at);
    const to = erase ? null : aim(hand, fabric, colors, cell);
    if (to === undefined || (cell === null && event.touch !== true)) return false;
    under = { taken: new Map(), to, last: event.at };
    pass(event);
    return true;
  }

  /** The brush moves on from where it was, without leaps. */
  function pass(event: SurfaceEvent): void {
    const here = ground(hand);
    if (here === null || under === null) return;
    const { fabric, colors } = here;
    ring(event, under.to === null);
    const reach = metres(event.at);
    const [x0, y0] = surface.project(under.last);
    const steps = Math.max(
      1,
      Math.ceil(
        Math.hypot(event.pixel[0] - x0, event.pixel[1] - y0) / Math.max(4, hand.now().bench.brush / 2),
      ),
    );
    let locked: GridKey | null = null;
    for (let i = 1; i <= steps; i += 1) {
      const t = i / steps;
      const at: LonLat = [
        under.last[0] + (event.at[0] - under.last[0]) * t,
        under.last[1] + (event.at[1] - under.last[1]) * t,
      ];
      const covered = cellsUnder(fabric.mesh, at, reach);
      locked ??= lockedAmong(fabric, colors, covered);
      for (const cell of takeable(fabric, colors, covered, under.to)) under.taken.set(cell, under.to);
    }
    under.last = event.at;
    const trouble =
      lockTrouble(fabric, under.to) ??
      (under.taken.size === 0 && locked !== null
        ? { code: "grid.locked", grid: locked, cells: [] }
        : undefined);
    const recolor = new Map(under.taken);
    const edit = trouble === undefined ? painting(fabric, recolor.keys(), under.to, nextName(fabric)) : null;
    tell(
      hand,
      strokeOf("paint", event.pixel, true, { ...here, recolor, edits: edit === null ? [] : [edit], trouble }),
    );
  }

  return {
    on(event) {
      if (event.kind === "down") return down(event);
      if (event.kind === "drag") pass(event);
      else if (event.kind === "up") {
        if (under === null) return false;
        pass(event);
        under = null;
        release(hand, hand.now().bench.stroke?.edits ?? []);
      } else if (event.kind === "cancel" || event.kind === "leave") this.exit();
      else if (event.kind === "move") {
        surface.cursor("crosshair");
        if (under === null) hover(event);
      }
      return false;
    },
    exit() {
      under = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}

const lockTrouble = (fabric: Fabric, to: GridKey | null) =>
  isLocked(fabric, to) && to !== null ? { code: "grid.locked", grid: to, cells: [] } : undefined;
