// Split: a line across a grid cuts it in two. Drag for a straight cut; or set points one by one and finish with
// Enter or a second press on the last.

import { isLocked } from "../model/edits";
import { nextName } from "../model/names";
import type { LonLat } from "../model/place";
import { chosenGrid } from "../model/plankeys";
import { gridUnder } from "../model/snap";
import type { Pixel, SurfaceEvent, Tool } from "../model/surface";
import { ground, type Hand, release, strokeOf, tell } from "./hand";

const STILL = 5;

export function split(hand: Hand): Tool {
  const { surface } = hand;
  let points: LonLat[] = [];
  let pressed: Pixel | null = null;

  const far = (a: Pixel, b: Pixel) => Math.hypot(a[0] - b[0], a[1] - b[1]) > STILL;

  function foresee(line: LonLat[], event: SurfaceEvent) {
    const here = ground(hand);
    if (here === null || line.length < 2) return [];
    const { fabric, colors } = here;
    surface.show([
      { kind: "line", role: "cut", line },
      ...points.map((at) => ({ kind: "dot" as const, role: "grip" as const, at })),
    ]);
    const grid = gridUnder(fabric.mesh, colors, line) ?? chosenGrid(hand.now(), fabric);
    const code = grid === null ? undefined : fabric.grids.get(grid)?.code;
    const edits =
      code === undefined ? [] : [{ op: "split" as const, grid: code, line, name: nextName(fabric) }];
    const locked = grid !== null && isLocked(fabric, grid) ? { code: "grid.locked", grid, cells: [] } : null;
    tell(
      hand,
      strokeOf("split", event.pixel, true, { edits: locked ? [] : edits, exact: true, trouble: locked }),
    );
    return locked ? [] : edits;
  }

  function finish(event: SurfaceEvent, line: LonLat[]): void {
    const edits = foresee(line, event);
    points = [];
    pressed = null;
    release(hand, edits);
  }

  return {
    on(event) {
      if (event.kind === "move") {
        surface.cursor("crosshair");
        if (points.length > 0 && pressed === null) foresee([...points, event.at], event);
      }
      if (event.kind === "down") {
        if (ground(hand) === null) return false;
        pressed = event.pixel;
        const last = points.at(-1);
        if (last !== undefined && !far(surface.project(last), event.pixel)) finish(event, points);
        else points.push(event.at);
        return true;
      }
      if (pressed === null) return false;
      if (event.kind === "drag" && far(pressed, event.pixel)) foresee([...points, event.at], event);
      else if (event.kind === "up") {
        const dragged = far(pressed, event.pixel);
        pressed = null;
        if (dragged) finish(event, [...points, event.at]);
      } else if (event.kind === "cancel") this.exit();
      return false;
    },
    key(key) {
      if (key !== "Enter" || points.length < 2) return false;
      const at = points.at(-1) ?? [0, 0];
      finish({ kind: "up", pixel: surface.project(at), at }, points);
      return true;
    },
    exit() {
      points = [];
      pressed = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}
