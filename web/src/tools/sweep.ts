// Sweep: grab a border two grids share and push it. Cells flip as it passes them and flip back when it comes back,
// because what is swept follows from where the border was grabbed and where the pointer is, not from the way between.

import { sharedSeams } from "../model/draft";
import { isLocked, painting } from "../model/edits";
import { type CellId, type Colors, cellsIn, type Fabric, metresBetween, scaleAt } from "../model/fabric";
import { nextName } from "../model/names";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import { borderAt } from "../model/snap";
import { metresPerPixelAt, type SurfaceEvent, type Tool } from "../model/surface";
import { ground, type Hand, release, strokeOf, tell } from "./hand";

type Grab = { at: LonLat; a: GridKey | null; b: GridKey | null };
const REACH = 10;
const TOUCH_REACH = 24;

export function sweep(hand: Hand): Tool {
  const { surface } = hand;
  let grab: Grab | null = null;

  /** The border under the pointer and its two sides. */
  function borderUnder(event: SurfaceEvent): { sides: Grab; lines: LonLat[][] } | null {
    const here = ground(hand);
    if (here === null) return null;
    const { mesh } = here.fabric;
    const reach = event.touch ? TOUCH_REACH : REACH;
    const near = borderAt(mesh, here.colors, event.pixel, reach, surface.project, surface.unproject);
    const seam = near === null ? undefined : mesh.seams[near.line];
    if (near === null || seam === undefined || seam.left === null || seam.right === null) return null;
    const sides = { at: near.at, a: here.colors[seam.left] ?? null, b: here.colors[seam.right] ?? null };
    const lines = sharedSeams(mesh, here.colors, sides.a, sides.b).map((i) => mesh.seams[i]?.line ?? []);
    return { sides, lines };
  }

  const show = (lines: LonLat[][]) =>
    surface.show(lines.map((line) => ({ kind: "line" as const, role: "border" as const, line })));

  function push(event: SurfaceEvent): void {
    const here = ground(hand);
    if (here === null || grab === null) return;
    const { fabric, colors } = here;
    const width = hand.now().bench.brush * 2 * metresPerPixelAt(surface, event.at);
    const locked = [grab.a, grab.b].find((grid) => isLocked(fabric, grid));
    const trouble = locked == null ? undefined : { code: "grid.locked", grid: locked, cells: [] };
    const recolor = trouble ? new Map() : swept(fabric, colors, grab, event.at, width);
    const to = recolor.values().next().value;
    const edit = to === undefined ? null : painting(fabric, recolor.keys(), to, nextName(fabric));
    surface.show([
      { kind: "line", role: "course", line: [grab.at, event.at] },
      { kind: "dot", role: "grip", at: event.at },
    ]);
    const edits = edit === null ? [] : [edit];
    tell(hand, strokeOf("sweep", event.pixel, true, { ...here, recolor, edits, trouble }));
  }

  return {
    on(event) {
      if (event.kind === "move" && grab === null) {
        const border = borderUnder(event);
        surface.cursor(border === null ? "" : "grab");
        show(border?.lines ?? []);
        if (border === null) tell(hand, null);
      } else if (event.kind === "down") {
        const border = borderUnder(event);
        grab = border?.sides ?? null;
        if (border !== null) show(border.lines);
        return grab !== null;
      } else if (event.kind === "drag") push(event);
      else if (event.kind === "up" && grab !== null) {
        push(event);
        grab = null;
        release(hand, hand.now().bench.stroke?.edits ?? []);
      } else if (event.kind === "cancel" || (event.kind === "leave" && grab === null)) this.exit();
      return false;
    },
    exit() {
      grab = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}

/**
 * Cells that flip when the border between `a` and `b`, grabbed at a place, is pushed to `to`: those of the side pushed
 * into whose label lies in the lane of `width` metres before the pointer, as far as they hang together with the other
 * side. Which side that is follows from where the pointer lies.
 */
export function swept(
  fabric: Fabric,
  colors: Colors,
  grab: Grab,
  to: LonLat,
  width: number,
): Map<CellId, GridKey | null> {
  const { mesh } = fabric;
  const length = metresBetween(grab.at, to);
  const found = new Map<CellId, GridKey | null>();
  if (length < 0.5) return found;
  const [sx, sy] = scaleAt(grab.at[1]);
  const [ux, uy] = [((to[0] - grab.at[0]) * sx) / length, ((to[1] - grab.at[1]) * sy) / length];
  const pad = [width / sx, width / sy] as const;
  const lane = cellsIn(mesh, [
    Math.min(grab.at[0], to[0]) - pad[0],
    Math.min(grab.at[1], to[1]) - pad[1],
    Math.max(grab.at[0], to[0]) + pad[0],
    Math.max(grab.at[1], to[1]) + pad[1],
  ]).filter((cell) => {
    const label = mesh.cells[cell]?.label;
    if (label === undefined) return false;
    const [dx, dy] = [(label[0] - grab.at[0]) * sx, (label[1] - grab.at[1]) * sy];
    const along = dx * ux + dy * uy;
    return along >= 0 && along <= length && Math.abs(dx * uy - dy * ux) <= width / 2;
  });
  const inLane = (grid: GridKey | null) => lane.filter((cell) => (colors[cell] ?? null) === grid);
  const [ofA, ofB] = [inLane(grab.a), inLane(grab.b)];
  const [giver, taker, cells] = ofA.length >= ofB.length ? [grab.a, grab.b, ofA] : [grab.b, grab.a, ofB];
  if (giver === taker) return found;
  const open = new Set(cells);
  const front = cells.filter((cell) => mesh.near[cell]?.some((other) => (colors[other] ?? null) === taker));
  for (const cell of front) open.delete(cell);
  for (const cell of front) for (const next of mesh.near[cell] ?? []) if (open.delete(next)) front.push(next);
  for (const cell of front) found.set(cell, taker);
  return found;
}
