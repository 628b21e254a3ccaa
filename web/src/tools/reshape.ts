// Reshape: the points of the border under the pointer appear, junctions as rings. Drag a point and everything that
// shares it follows; drag a line and it gets a new point; press Delete over a point and it goes. A long drag that
// comes back to the same border gives it a new course.

import type { Edit } from "../model/edits";
import { isLocked } from "../model/edits";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import { borderAt, handlesAt, isBorder, nearestPoint, seamsAround, snapAt } from "../model/snap";
import type { Pixel, Sketch, SurfaceEvent, Tool } from "../model/surface";
import { ground, type Hand, release, strokeOf, tell } from "./hand";

type Held = {
  op: "move" | "insert";
  at: LonLat;
  from: Pixel;
  sides: [GridKey | null, GridKey | null];
  /** Points beside the one that moves, on every border that shares it. */
  beside: LonLat[];
  seams: ReadonlySet<number>;
  path: LonLat[];
  length: number;
};

const SHOWN = 90;
const REACH = 9;
const TOUCH_REACH = 24;
const LONG = 140;
const SNAP = 10;

export function reshape(hand: Hand): Tool {
  const { surface } = hand;
  const { project, unproject } = surface;
  let held: Held | null = null;
  let over: SurfaceEvent | null = null;

  const reach = (event: SurfaceEvent) => (event.touch ? TOUCH_REACH : REACH);

  function handles(event: SurfaceEvent) {
    const here = ground(hand);
    return here === null
      ? []
      : handlesAt(here.fabric.mesh, here.colors, event.pixel, SHOWN, project, unproject).filter(
          ({ isFixed, isJunction }) => !isFixed || isJunction,
        );
  }

  const dots = (event: SurfaceEvent): Sketch[] =>
    handles(event).map(({ at, isJunction }) => ({
      kind: "dot",
      role: isJunction ? "junction" : "vertex",
      at,
    }));

  function hover(event: SurfaceEvent): void {
    over = event;
    const here = ground(hand);
    if (here === null) return;
    const near = borderAt(here.fabric.mesh, here.colors, event.pixel, SHOWN / 2, project, unproject);
    if (near === null) {
      surface.show([]);
      surface.cursor("");
      return;
    }
    const line = here.fabric.mesh.seams[near.line]?.line ?? [];
    surface.show([{ kind: "line", role: "border", line }, ...dots(event)]);
    surface.cursor(near.distance <= reach(event) ? "move" : "");
  }

  function down(event: SurfaceEvent): boolean {
    const here = ground(hand);
    if (here === null) return false;
    const { mesh } = here.fabric;
    const points = handles(event).map(({ at }) => at);
    const point = nearestPoint(points, event.pixel, reach(event), project);
    const near = borderAt(mesh, here.colors, event.pixel, reach(event) * 2, project, unproject);
    if (near === null) return false;
    const seam = mesh.seams[near.line];
    if (seam === undefined || (point === null && near.distance > reach(event))) return false;
    const side = (cell: number | null) => (cell === null ? null : (here.colors[cell] ?? null));
    const at = point?.at ?? near.at;
    const beside =
      point === null ? [seam.line[near.index], seam.line[near.index + 1]] : besideOf(event, point.at);
    held = {
      op: point === null ? "insert" : "move",
      at,
      from: event.pixel,
      sides: [side(seam.left), side(seam.right)],
      beside: beside.filter((one) => one !== undefined),
      seams: new Set(touching(event, at)),
      path: [at],
      length: 0,
    };
    return true;
  }

  /** Border seams through a place. */
  function touching(event: SurfaceEvent, at: LonLat): number[] {
    const here = ground(hand);
    if (here === null) return [];
    const { mesh } = here.fabric;
    const isThere = (one: LonLat) => one[0] === at[0] && one[1] === at[1];
    const around = seamsAround(mesh, event.pixel, SHOWN, unproject).filter((i) =>
      isBorder(mesh, here.colors, i, true),
    );
    const through = around.filter((i) => mesh.seams[i]?.line.some(isThere));
    return through.length > 0 ? through : around.filter((i) => nearLine(mesh.seams[i]?.line ?? [], event));
  }
  const nearLine = (line: readonly LonLat[], event: SurfaceEvent): boolean =>
    nearestPoint(line, event.pixel, reach(event) * 2, project) !== null;

  function besideOf(event: SurfaceEvent, at: LonLat): LonLat[] {
    const mesh = ground(hand)?.fabric.mesh;
    return touching(event, at).flatMap((i) => {
      const line = mesh?.seams[i]?.line ?? [];
      const place = line.findIndex((one) => one[0] === at[0] && one[1] === at[1]);
      return [line[place - 1], line[place + 1]].filter((one): one is LonLat => one !== undefined);
    });
  }

  function pull(event: SurfaceEvent): Edit[] {
    const here = ground(hand);
    if (here === null || held === null) return [];
    const { fabric, colors } = here;
    const [x, y] = project(held.path.at(-1) ?? held.at);
    const step = Math.hypot(event.pixel[0] - x, event.pixel[1] - y);
    if (step >= 5) {
      held.path.push(event.at);
      held.length += step;
    }
    const snap = snapAt(fabric.mesh, colors, event.pixel, SNAP, surface, held.seams);
    const locked = held.sides.find((grid) => isLocked(fabric, grid));
    const edits = locked == null ? meant(event, snap.at) : [];
    const isCourse = edits[0]?.op === "reroute";
    const sketch: Sketch[] = isCourse
      ? [{ kind: "line", role: "course", line: edits[0]?.op === "reroute" ? edits[0].line : [] }]
      : held.beside.map((end) => ({ kind: "line", role: "course", line: [end, snap.at] }));
    if (held.length > LONG && !isCourse) sketch.push({ kind: "line", role: "cut", line: held.path });
    sketch.push({ kind: "dot", role: "grip", at: snap.at });
    if (snap.to !== null) sketch.push({ kind: "ring", role: "snap", at: snap.at, radius: 9 });
    surface.show(sketch);
    const trouble = locked == null ? null : { code: "grid.locked", grid: locked, cells: [] };
    tell(hand, {
      ...strokeOf("reshape", event.pixel, true, {
        edits,
        exact: true,
        note: isCourse ? "course" : (snap.to ?? ""),
      }),
      trouble,
    });
    return edits;
  }

  /** One point moved or added; or, after a long way that ends on the border it began on, a new course. */
  function meant(event: SurfaceEvent, to: LonLat): Edit[] {
    const here = ground(hand);
    if (here === null || held === null) return [];
    const { mesh } = here.fabric;
    const [a, b] = held.sides.map((grid) => (grid === null ? undefined : here.fabric.grids.get(grid)?.code));
    if (held.op === "insert" && held.length > LONG && a !== undefined && b !== undefined) {
      const back = borderAt(mesh, here.colors, event.pixel, SNAP, project, unproject);
      const seam = back === null ? undefined : mesh.seams[back.line];
      const pair = new Set(
        [seam?.left ?? null, seam?.right ?? null].map((cell) =>
          cell === null ? null : (here.colors[cell] ?? null),
        ),
      );
      const away = Math.hypot(event.pixel[0] - held.from[0], event.pixel[1] - held.from[1]);
      if (back !== null && held.sides.every((side) => pair.has(side)) && away > 20)
        return [{ op: "reroute", between: [a, b], line: [...thinned(held.path, project), back.at] }];
    }
    if (Math.hypot(event.pixel[0] - held.from[0], event.pixel[1] - held.from[1]) < 3) return [];
    return [{ op: held.op, at: held.at, to }];
  }

  return {
    on(event) {
      if (event.kind === "move" && held === null) hover(event);
      else if (event.kind === "down") return down(event);
      else if (event.kind === "drag") pull(event);
      else if (event.kind === "up") {
        const edits = pull(event);
        held = null;
        release(hand, edits);
      } else if (event.kind === "cancel" || (event.kind === "leave" && held === null)) this.exit();
      return false;
    },
    key(key) {
      if ((key !== "Delete" && key !== "Backspace") || over === null) return false;
      const point = nearestPoint(
        handles(over)
          .filter(({ isJunction }) => !isJunction)
          .map(({ at }) => at),
        over.pixel,
        REACH * 1.5,
        project,
      );
      if (point === null) return false;
      release(hand, [{ op: "remove", at: point.at }]);
      return true;
    },
    exit() {
      held = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}

/** A path drawn by hand without the points that lie within three pixels of the line between their neighbours. */
export function thinned(path: readonly LonLat[], project: (at: LonLat) => Pixel): LonLat[] {
  if (path.length < 3) return [...path];
  const pixels = path.map(project);
  const keep = new Set([0, path.length - 1]);
  const cut = (from: number, to: number): void => {
    const [a, b] = [pixels[from] ?? [0, 0], pixels[to] ?? [0, 0]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    let most = 3;
    let at = -1;
    for (let i = from + 1; i < to; i += 1) {
      const p = pixels[i] ?? [0, 0];
      const cross = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
      const away = length === 0 ? Math.hypot(p[0] - a[0], p[1] - a[1]) : Math.abs(cross) / length;
      if (away > most) [most, at] = [away, i];
    }
    if (at < 0) return;
    keep.add(at);
    cut(from, at);
    cut(at, to);
  };
  cut(0, path.length - 1);
  return path.filter((_, i) => keep.has(i));
}
