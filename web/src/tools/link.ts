// Crossing: a bridge or an underpass joins two pieces of ground that do not touch. Drag from one side to the other
// to declare one; press one that is there to take it back.

import type { Edit } from "../model/edits";
import { cellAt, type Fabric, type Link } from "../model/fabric";
import type { LonLat } from "../model/place";
import { nearestOn } from "../model/snap";
import type { Pixel, SurfaceEvent, Tool } from "../model/surface";
import { ground, type Hand, release, strokeOf, tell } from "./hand";

const STILL = 6;
const REACH = 9;
const TOUCH_REACH = 24;

export function link(hand: Hand): Tool {
  const { surface } = hand;
  let held: { from: LonLat; pixel: Pixel } | null = null;

  const far = (a: Pixel, b: Pixel) => Math.hypot(a[0] - b[0], a[1] - b[1]) > STILL;

  /** The declared crossing under the pointer. */
  function under(fabric: Fabric, event: SurfaceEvent): Link | null {
    const { project, unproject } = surface;
    const lines = fabric.links.map((one, i) => [i, one] as const);
    const near = nearestOn(lines, event.pixel, event.touch ? TOUCH_REACH : REACH, project, unproject);
    return near === null ? null : (fabric.links[near.line] ?? null);
  }

  /** What letting go here would do. */
  function foresee(event: SurfaceEvent): Edit[] {
    const here = ground(hand);
    if (here === null || held === null) return [];
    const line = [held.from, event.at];
    const [a, b] = line.map((at) => cellAt(here.fabric.mesh, at));
    const fits = a !== null && b !== null && a !== b;
    surface.show([
      { kind: "line", role: "crossing", line },
      ...line.map((at) => ({ kind: "dot" as const, role: "grip" as const, at })),
    ]);
    const edits: Edit[] = fits ? [{ op: "link", from: held.from, to: event.at }] : [];
    const trouble = fits ? null : { code: "edit.misses", grid: 0, cells: [] };
    tell(hand, strokeOf("link", event.pixel, true, { edits, exact: true, trouble }));
    return edits;
  }

  function hover(event: SurfaceEvent): void {
    const here = ground(hand);
    const over = here === null ? null : under(here.fabric, event);
    surface.cursor(over === null ? "crosshair" : "pointer");
    surface.show(over === null ? [] : [{ kind: "line", role: "border", line: [...over] }]);
    tell(hand, over === null ? null : strokeOf("link", event.pixel, false, { note: "crossing" }));
  }

  return {
    on(event) {
      if (event.kind === "move") hover(event);
      else if (event.kind === "down") {
        if (ground(hand) === null) return false;
        held = { from: event.at, pixel: event.pixel };
        return true;
      } else if (held !== null && event.kind === "drag") {
        if (far(held.pixel, event.pixel)) foresee(event);
      } else if (held !== null && event.kind === "up") {
        const here = ground(hand);
        const over = here === null ? null : under(here.fabric, event);
        let edits: Edit[] = [];
        if (far(held.pixel, event.pixel)) edits = foresee(event);
        else if (over !== null) edits = [{ op: "unlink", from: over[0], to: over[1] }];
        held = null;
        release(hand, edits);
      } else if (event.kind === "cancel" || event.kind === "leave") this.exit();
      return false;
    },
    exit() {
      held = null;
      surface.show([]);
      tell(hand, null);
    },
  };
}
